import { randomBytes } from 'node:crypto'
import { type Role, roles } from '@/model/permissions'
import { createPeople, type PersonCredentials } from '@/server/auth'
import { CLIENT_HEADER, sealAddress } from '@/server/auth/client-address'
import { totpNow } from '@/server/auth/totp'
import type { Clock } from '@/server/clock'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { createWebProcess, type WebProcess } from '@/server/process'
import { handleRest, handleSignIn, handleTrpc } from './handlers'

/** A whole web process on a catalog of its own, with one person a role, whose clock a test can turn. */
export type TestConsole = {
  catalog: TestCatalog
  process: WebProcess
  clock: TestClock
  people: Record<Role, PersonCredentials>
  /** As many more as were asked for, in the order in which they were. */
  crowd: PersonCredentials[]
  origin: string
  routerToken: string
  /** Signs in with both factors; returns the cookie header. */
  signIn(role: Role): Promise<string>
  signInAs(person: PersonCredentials): Promise<string>
  stop(): Promise<void>
}

/** `ahead` runs `work` with our clock moved on, and back again: better-auth and PostgreSQL read clocks of their own. */
export type TestClock = Clock & { ahead<T>(ms: number, work: () => Promise<T>): Promise<T> }

const ORIGIN = 'http://localhost:3000'

/** `catalog`: one that is there already and lives on; else one of its own. `crowd`: people beside the one a role. */
export async function startConsole({
  catalog: given,
  crowd = [],
}: {
  catalog?: TestCatalog
  crowd?: readonly Role[]
} = {}): Promise<TestConsole> {
  const catalog = given ?? (await startCatalog())
  const clock = createTestClock()
  const secret = randomBytes(32).toString('hex')
  const routerToken = randomBytes(32).toString('hex')
  const process = createWebProcess(
    {
      DATABASE_URL: catalog.url,
      HOMEPORT_URL: ORIGIN,
      HOMEPORT_SERVED_FROM: 'eu-west-1',
      HOMEPORT_ENVIRONMENT: 'DEMO',
      HOMEPORT_AUTH_SECRET: secret,
      HOMEPORT_ROUTER_TOKEN: routerToken,
      HOMEPORT_NOTIFY_PLAIN_HOSTS: [],
      HOMEPORT_METRICS_TOKEN: randomBytes(32).toString('hex'),
      HOMEPORT_DATA_DIR: '/nonexistent',
      HOMEPORT_BUILD: 'test',
    },
    clock,
  )
  const made = await createPeople(
    { db: process.db, clock, secret, servedFrom: 'eu-west-1', createdBy: 'test' },
    [...roles, ...crowd].map((role, index) => {
      const name = index < roles.length ? role : `${role}-${index - roles.length}`
      const password = randomBytes(12).toString('hex')
      return { name: `The ${name}`, email: `${name}@homeport.example`, role, password }
    }),
  )
  const people = Object.fromEntries(made.slice(0, roles.length).map((person) => [person.role, person])) as Record<
    Role,
    PersonCredentials
  >
  return {
    catalog,
    process,
    clock,
    people,
    crowd: made.slice(roles.length),
    origin: ORIGIN,
    routerToken,
    signIn: (role) => signIn(process, people[role]),
    signInAs: (person) => signIn(process, person),
    stop: async () => {
      await process.stop()
      if (!given) await catalog.stop()
    },
  }
}

function createTestClock(): TestClock {
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    monotonicMs: () => performance.now() + aheadMs,
    ahead: async (ms, work) => {
      aheadMs += ms
      try {
        return await work()
      } finally {
        aheadMs -= ms
      }
    },
  }
}

export type AuthAnswer = { status: number; cookie: string; setCookies: string[]; body: unknown }

/** One call of a sign-in endpoint as a browser on our own page makes it; `cookie` is what the browser would send next. */
export async function callAuth(
  process: WebProcess,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<AuthAnswer> {
  const response = await handleSignIn(
    new Request(`${ORIGIN}/api/auth${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: ORIGIN,
        [CLIENT_HEADER]: sealAddress('192.0.2.1'),
        ...headers,
      },
      body: JSON.stringify(body),
    }),
    process,
  )
  const setCookies = response.headers.getSetCookie()
  const kept = setCookies.filter((cookie) => !/max-age=0/i.test(cookie)).map((cookie) => cookie.split(';')[0])
  const text = await response.text()
  return { status: response.status, cookie: kept.join('; '), setCookies, body: text ? JSON.parse(text) : null }
}

/** A person signs in many times within one half-minute here, which a code that counts once forbids: claims are cleared first. */
async function signIn(process: WebProcess, { email, password, totpSecret }: PersonCredentials): Promise<string> {
  await process.db.verification.deleteMany({ where: { identifier: { startsWith: 'totp-used-' } } })
  const challenge = await callAuth(process, '/sign-in/email', { email, password })
  const code = totpNow(totpSecret, Date.now())
  const session = await callAuth(process, '/two-factor/verify-totp', { code }, { cookie: challenge.cookie })
  if (session.status !== 200)
    throw new Error(`Sign-in of ${email} answered ${session.status}: ${JSON.stringify(session.body)}`)
  return session.cookie
}

export type TrpcAnswer = {
  status: number
  data: unknown
  error: { message: string; code: string; errorCode: string | null; requestId: string } | null
}

/** One tRPC call over HTTP, as our own page makes it. `headers` may override anything. */
export async function callTrpc(
  process: WebProcess,
  call: { path: string; type: 'query' | 'mutation'; input?: unknown; headers?: Record<string, string> },
): Promise<TrpcAnswer> {
  const input = call.input === undefined ? undefined : JSON.stringify(call.input)
  const query = call.type === 'query' && input !== undefined ? `?input=${encodeURIComponent(input)}` : ''
  const response = await handleTrpc(
    new Request(`${ORIGIN}/api/trpc/${call.path}${query}`, {
      method: call.type === 'query' ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', origin: ORIGIN, ...call.headers },
      ...(call.type === 'mutation' ? { body: input ?? '{}' } : {}),
    }),
    process,
  )
  const text = await response.text()
  const body = text.startsWith('{') ? JSON.parse(text) : {}
  const data = body.error?.data
  return {
    status: response.status,
    data: body.result?.data,
    error: body.error
      ? { message: body.error.message, code: data?.code, errorCode: data?.errorCode, requestId: data?.requestId }
      : null,
  }
}

export async function callRest(
  process: WebProcess,
  address: string,
  init: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const [method, path] = address.split(' ') as [string, string]
  const response = await handleRest(
    new Request(`${ORIGIN}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...init.headers },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    }),
    process,
  )
  return { status: response.status, headers: response.headers, body: await response.json() }
}

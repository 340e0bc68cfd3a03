import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handleRest, handleTrpc } from './handlers'
import { BATCH_MAX, BODY_BYTES_MAX } from './limits'
import { listProcedures } from './procedures'
import { callTrpc, startConsole, type TestConsole } from './testing'

let web: TestConsole
let headers: Record<string, string>
beforeAll(async () => {
  web = await startConsole()
  headers = { cookie: await web.signIn('admin') }
})
afterAll(() => web?.stop())

/** What an attack could have changed: every table that a call of an admin writes to. */
async function footprint() {
  const { db } = web.process
  const [plans, requests, approvals, operations, people] = await Promise.all([
    db.operationPlan.count(),
    db.operationRequest.count(),
    db.approval.count(),
    db.operation.count(),
    db.person.count(),
  ])
  return { plans, requests, approvals, operations, people }
}

const withInput = listProcedures().filter(({ type, path }) => type !== 'subscription' && path !== 'traffic.report')
const post = (url: string, body: BodyInit, extra: Record<string, string> = {}) =>
  new Request(`${web.origin}${url}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: web.origin, ...headers, ...extra },
    body,
  })

describe('input that is not what a schema says', () => {
  const hostile = [
    [
      'a condition instead of a value',
      { id: { not: '' }, cellId: { not: '' }, region: { not: '' }, code: { not: '' } },
    ],
    ['a NUL', { id: 'a\0b', cellId: 'sin\0', region: 'eu-west-1\0', code: '12345\0', reason: 'a\0bc', actor: 'a\0' }],
    ['an array for an object', [1, 2, 3]],
    ['text for an object', 'id'],
    ['a number for an object', 7],
  ] as const
  test.each(hostile)('%s never faults and changes nothing', async (_, input) => {
    const before = await footprint()
    for (const { path, type } of withInput) {
      const answer = await callTrpc(web.process, {
        path,
        type: type === 'mutation' ? 'mutation' : 'query',
        input,
        headers,
      })
      expect(answer.status, `${path}: ${answer.error?.message}`).toBeLessThan(500)
      if (type === 'mutation') expect(answer.status, path).toBe(400)
    }
    expect(await footprint()).toEqual(before)
  })

  test('whatever JSON a mutation is sent, it answers 4xx and changes nothing', async () => {
    const before = await footprint()
    const mutations = withInput.filter(({ type }) => type === 'mutation')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...mutations), fc.jsonValue({ maxDepth: 3 }), async ({ path }, input) => {
        const { status } = await callTrpc(web.process, { path, type: 'mutation', input, headers })
        return status >= 400 && status < 500
      }),
      { numRuns: 150 },
    )
    expect(await footprint()).toEqual(before)
  })

  test('a __proto__ key pollutes nothing', async () => {
    const body = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"code":"123456x"}'
    const answers = [
      await handleTrpc(post('/api/trpc/session.stepUp', body), web.process),
      await handleRest(post('/api/v1/session/step-up', body), web.process),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 400])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test.each(['__proto__', 'constructor', 'session.__proto__', 'session.constructor.prototype', 'toString'])(
    'there is no procedure called %s',
    async (path) => {
      expect((await callTrpc(web.process, { path, type: 'query', headers })).status).toBe(404)
    },
  )

  test('what is not JSON is a bad request', async () => {
    for (const body of ['{', '\0', '<xml/>', ''])
      for (const url of ['/api/trpc/session.stepUp', '/api/v1/session/step-up']) {
        const handle = url.startsWith('/api/trpc') ? handleTrpc : handleRest
        const { status } = await handle(post(url, body), web.process)
        expect(status, `${url} ${JSON.stringify(body)}`).toBe(400)
      }
  })
})

describe('too much', () => {
  test('ten megabytes are refused without being read, whether or not the length is told', async () => {
    const large = 'x'.repeat(10 * 1024 * 1024)
    expect((await handleTrpc(post('/api/trpc/session.stepUp', large), web.process)).status).toBe(413)
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(64 * 1024))
      },
    })
    const untold = new Request(`${web.origin}/api/v1/switchovers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: web.origin, ...headers },
      body: endless,
      duplex: 'half',
    } as RequestInit)
    expect((await handleRest(untold, web.process)).status).toBe(413)
    expect(pulled * 64 * 1024).toBeLessThan(BODY_BYTES_MAX * 3)
  })

  test('a batch of ten thousand is refused; twenty are served', async () => {
    const batch = (count: number) => {
      const inputs = Object.fromEntries(Array.from({ length: count }, (_, n) => [n, {}]))
      return handleTrpc(
        post(`/api/trpc/${Array(count).fill('session.stepUp').join(',')}?batch=1`, JSON.stringify(inputs)),
        web.process,
      )
    }
    expect((await batch(10_000)).status).toBe(414)
    expect((await batch(BATCH_MAX + 1)).status).toBe(400)
    const served = await batch(BATCH_MAX)
    expect(await served.json()).toHaveLength(BATCH_MAX)
  })
})

describe('a request from another site', () => {
  const foreign = [
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a look-alike of our origin', { origin: 'http://localhost:3000.evil.example' }],
    ['another port of our host', { origin: 'http://localhost:3001' }],
    ['an origin that is hidden', { origin: 'null' }],
  ] as const
  test.each(foreign)('with %s is refused', async (_, extra) => {
    const body = JSON.stringify({ code: '123456' })
    expect((await handleTrpc(post('/api/trpc/session.stepUp', body, extra), web.process)).status).toBe(403)
    expect((await handleRest(post('/api/v1/session/step-up', body, extra), web.process)).status).toBe(403)
  })

  test('with a cookie and no origin is refused; a service with its token needs none', async () => {
    const bare = (extra: Record<string, string>, body: unknown, url: string) =>
      new Request(`${web.origin}${url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...extra },
        body: JSON.stringify(body),
      })
    expect((await handleTrpc(bare(headers, { code: '1' }, '/api/trpc/session.stepUp'), web.process)).status).toBe(403)
    const token = { authorization: `Bearer ${web.routerToken}` }
    expect((await handleRest(bare(token, { buckets: [], epochs: [] }, '/api/v1/traffic'), web.process)).status).toBe(
      200,
    )
  })

  test('a mutation cannot be had by GET', async () => {
    const query = `?input=${encodeURIComponent(JSON.stringify({ code: '123456' }))}`
    const request = new Request(`${web.origin}/api/trpc/session.stepUp${query}`, { headers })
    expect((await handleTrpc(request, web.process)).status).toBe(405)
  })

  test('either name of the loopback is ours on the embedded default', async () => {
    const body = JSON.stringify({ code: '12345x' })
    const twin = post('/api/trpc/session.stepUp', body, { origin: 'http://127.0.0.1:3000' })
    expect((await handleTrpc(twin, web.process)).status).toBe(400)
  })
})

test('headers that once skipped a check skip nothing', async () => {
  const headersOnce: Record<string, string>[] = [
    { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
    { 'x-forwarded-host': 'localhost' },
    { 'x-original-url': '/login' },
    { 'next-router-prefetch': '1', rsc: '1' },
  ]
  for (const extra of headersOnce) {
    const request = new Request(`${web.origin}/api/trpc/overview.get`, { headers: extra })
    expect((await handleTrpc(request, web.process)).status).toBe(401)
  }
})

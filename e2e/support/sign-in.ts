import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type APIRequestContext, type BrowserContext, expect, type Page, request } from '@playwright/test'
import type { Role } from '@/model/permissions'
import { type DemoPerson, readPeople } from './estate'
import { nextTotp } from './totp'

export type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>
export type RunningConsole = { url: string; dataDir: string }

const CODES_TRIED_MAX = 3
const ACCEPTED = 200

/**
 * Sessions of the demo people, one a role, made when first asked for and kept beside people.json: a code counts once, so
 * that signing in for every test would have to wait half a minute each time. A session that has ended is made again.
 */
export function createSessions({ url, dataDir }: RunningConsole): (role: Role) => Promise<StorageState> {
  const file = path.join(dataDir, 'browser-sessions.json')
  const checked = new Map<Role, Promise<StorageState>>()
  const make = async (role: Role) => {
    const kept = (await readKept(file))[role]
    if (kept && (await isAlive(url, kept))) return kept
    const state = await signInByApi(url, await findPerson(dataDir, role))
    await keep(file, { ...(await readKept(file)), [role]: state })
    return state
  }
  return (role) => {
    const known = checked.get(role) ?? make(role)
    checked.set(role, known)
    known.catch(() => checked.delete(role))
    return known
  }
}

export async function findPerson(dataDir: string, role: Role): Promise<DemoPerson> {
  const person = (await readPeople(dataDir)).find((candidate) => candidate.role === role)
  if (!person) throw new Error(`people.json names nobody with the role ${role}.`)
  return person
}

/** Signs in as a person does: password, then the code. Ends on the page that was asked for. */
export async function signInByPage(page: Page, person: DemoPerson): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(person.email)
  await page.getByLabel('Password').fill(person.password)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('heading', { name: 'Second factor' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Code' }).fill(await nextTotp(person.totpSecret))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(
    page.getByRole('navigation', { name: 'Main' }).or(page.getByRole('button', { name: 'Menu' })),
  ).toBeVisible()
}

/** A session of its own for a test that ends it. */
export async function signInByApi(url: string, person: DemoPerson): Promise<StorageState> {
  const context = await request.newContext({ baseURL: url, extraHTTPHeaders: { origin: url } })
  try {
    const { email, password } = person
    const challenge = await context.post('/api/auth/sign-in/email', { data: { email, password } })
    if (challenge.status() !== ACCEPTED) throw new Error(`Signing in ${email} was refused: ${await challenge.text()}`)
    await sendCode(context, person)
    return await context.storageState()
  } finally {
    await context.dispose()
  }
}

/** An earlier run on the same estate may have spent the code of this half-minute. */
async function sendCode(context: APIRequestContext, { email, totpSecret }: DemoPerson): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await context.post('/api/auth/two-factor/verify-totp', {
      data: { code: await nextTotp(totpSecret) },
    })
    if (answer.status() === ACCEPTED) return
    if (tries === CODES_TRIED_MAX) throw new Error(`The code of ${email} was refused: ${await answer.text()}`)
  }
}

async function isAlive(url: string, storageState: StorageState): Promise<boolean> {
  const context = await request.newContext({ baseURL: url, storageState })
  try {
    return (await context.get('/api/trpc/session.me')).status() === ACCEPTED
  } finally {
    await context.dispose()
  }
}

async function readKept(file: string): Promise<Partial<Record<Role, StorageState>>> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  return JSON.parse(text) as Partial<Record<Role, StorageState>>
}

async function keep(file: string, sessions: Partial<Record<Role, StorageState>>): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(sessions), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

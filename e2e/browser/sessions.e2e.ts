import { randomInt } from 'node:crypto'
import { request as sendRequest } from 'node:http'
import { type BrowserContext, request } from '@playwright/test'
import { paths } from '@/model/paths'
import { whoMay } from '@/model/permissions'
import { createApi } from '../support/api'
import { dryRunUntilAllowed, requestUntilTaken } from '../support/dry-run'
import { expect, test } from '../support/fixtures'
import { withdrawWhatWaits } from '../support/scenes'
import { type StorageState, signInByApi, signInByPage } from '../support/sign-in'

const CELL = 'iad'
const REGION = 'us-east-1'
const refusedCall = /the server responded with a status of 4\d\d/
/** server/auth/auth.ts: tries of one address in a minute. */
const SIGN_INS_PER_ADDRESS_MAX = 60
/** Each costs the server the checking of a password. */
const TOGETHER = 10

test.describe('a person', () => {
  test.use({ tolerated: [refusedCall] })

  test('who follows a link to what they may not see is told who may, and is not shown an empty page', async ({
    asRole,
  }) => {
    const viewer = await asRole('viewer')
    await viewer.goto(`${paths.audit({ correlation: '01a1f7e4-69c7-7490-b574-a7296ad546c0' })}&scope=cell:${CELL}`)
    await expect(viewer.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible()
    const events = viewer.getByRole('region', { name: 'Events' })
    await expect(events.getByRole('alert')).toContainText('You may not see “Events”.')
    await expect(events.getByRole('alert')).toContainText(whoMay('audit:read'))
    await expect(viewer.getByText(/No event (matches|has been)/)).toHaveCount(0)
    await expect(viewer.getByRole('button', { name: 'Retry' })).toHaveCount(0)
    await expect(viewer.getByRole('button', { name: 'Export for offline checking' })).toHaveAccessibleDescription(
      whoMay('audit:export'),
    )
  })

  test('whose session ends while a form is filled in loses nothing of what was typed', async ({
    open,
    estate,
    personOf,
    apiOf,
  }) => {
    const operatorApi = await apiOf('operator')
    await withdrawWhatWaits(operatorApi, CELL)
    const person = await personOf('operator')
    const state = await signInByApi(estate.url, person)
    const context = await open(state)
    const page = await context.newPage()
    await page.goto(paths.newFailover({ cell: CELL }))
    await dryRunUntilAllowed(page)
    await page.getByRole('textbox', { name: 'Region that will be fenced' }).fill(REGION)
    await page.getByRole('textbox', { name: 'Incident, if there is one' }).fill('INC-771')
    await page.getByRole('button', { name: 'Planned maintenance' }).click()
    await endSession(estate.url, state)
    const send = page.getByRole('button', { name: `Request: fence ${REGION}` })
    await send.click()
    const card = page.getByRole('alert').filter({ hasText: 'Your session has ended.' }).last()
    await expect(card).toContainText('What you typed stays here')

    const signingIn = context.waitForEvent('page')
    await card.getByRole('link', { name: 'Sign in in a new tab' }).click()
    const newTab = await signingIn
    await signInByPage(newTab, person)
    await newTab.close()

    await expect(page.getByRole('textbox', { name: 'Region that will be fenced' })).toHaveValue(REGION)
    await expect(page.getByRole('textbox', { name: 'Incident, if there is one' })).toHaveValue('INC-771')
    await requestUntilTaken(page, send)
    await expect(page.getByText('INC-771')).toBeVisible()
    await withdrawWhatWaits(createApi(estate.url, await storedState(context)), CELL)
  })
})

test('an address that keeps trying to sign in is held back, whatever it writes about where it comes from', async ({
  estate,
}) => {
  test.skip(process.platform !== 'linux', 'Only Linux answers to every address of the loopback.')
  // Addresses that nobody has used: an earlier run on the same estate may have been held back a moment ago.
  const [address, another] = [71, 72].map((last) => `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${last}`)
  const tryTimes = (count: number, from: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => tryToSignIn(estate.url, address!, from + n)))
  // Together, since a window of a minute must not end between the first and the last of them.
  for (let tried = 0; tried < SIGN_INS_PER_ADDRESS_MAX; tried += TOGETHER)
    expect(await tryTimes(TOGETHER, tried)).toEqual(Array(TOGETHER).fill(401))
  expect(await tryTimes(4, SIGN_INS_PER_ADDRESS_MAX)).toEqual([429, 429, 429, 429])
  expect(await tryToSignIn(estate.url, another!, 0), 'another address is not held back for it').toBe(401)
})

/** A wrong password for an account of its own, over a socket from `address`, with headers that name another one each time. */
function tryToSignIn(url: string, address: string, n: number): Promise<number> {
  const body = JSON.stringify({ email: `nobody-${n}@homeport.example`, password: 'x'.repeat(20) })
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    origin: url,
    'x-forwarded-for': `203.0.113.${n}`,
    'x-homeport-client': `0000 203.0.113.${n}`,
  }
  const target = { host: '127.0.0.1', port: new URL(url).port, path: '/api/auth/sign-in/email' }
  return new Promise((resolve, reject) => {
    const call = sendRequest({ ...target, method: 'POST', localAddress: address, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
    call.on('error', reject).end(body)
  })
}

/** Ends it at the server alone: the browser goes on sending its cookie, as it does when a session has run out. */
async function endSession(url: string, storageState: StorageState): Promise<void> {
  const other = await request.newContext({ baseURL: url, storageState, extraHTTPHeaders: { origin: url } })
  const answer = await other.post('/api/auth/sign-out', { data: {} })
  await other.dispose()
  expect(answer.status()).toBe(200)
}

async function storedState(context: BrowserContext): Promise<StorageState> {
  return context.storageState()
}

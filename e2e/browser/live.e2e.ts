import type { Page } from '@playwright/test'
import { paths } from '@/model/paths'
import { expect, test } from '../support/fixtures'
import { requestSwitchover, withdrawWhatWaits } from '../support/scenes'
import { untilLive, untilLoaded } from '../support/visit'

const TABS = 10
/** Ten pages draw at once, after another of them has taken the stream over. */
const TOLD_WITHIN_MS = 90_000
const CELL = 'iad'

test('ten tabs of one browser stay live, also after the one that holds the stream has closed', async ({
  open,
  sessionOf,
  apiOf,
}) => {
  test.setTimeout(480_000)
  const operator = await apiOf('operator')
  await withdrawWhatWaits(operator, CELL)
  const context = await open(await sessionOf('viewer'))
  const tabs: Page[] = []
  for (let count = 0; count < TABS; count += 1) {
    const tab = await context.newPage()
    await tab.goto(paths.approvals())
    await untilLive(tab)
    tabs.push(tab)
  }
  const waiting = (tab: Page) => tab.getByRole('main').getByRole('listitem').filter({ hasText: CELL })
  for (const tab of tabs) {
    await untilLoaded(tab)
    await expect(waiting(tab)).toHaveCount(0)
  }

  await requestSwitchover(operator, CELL)
  for (const tab of tabs) await expect(waiting(tab)).toHaveCount(1, { timeout: TOLD_WITHIN_MS })

  const [leader, ...others] = tabs as [Page, ...Page[]]
  await leader.close()
  for (const tab of others) await untilLive(tab)
  await withdrawWhatWaits(operator, CELL)
  for (const tab of others) await expect(waiting(tab)).toHaveCount(0, { timeout: TOLD_WITHIN_MS })
})

test('a paused tab keeps still, counts what it holds back, and shows it when asked', async ({ asRole, apiOf }) => {
  const operator = await apiOf('operator')
  await withdrawWhatWaits(operator, CELL)
  const viewer = await asRole('viewer')
  await viewer.goto(paths.approvals())
  await untilLive(viewer)
  await viewer.keyboard.press('p')
  await expect(viewer.getByRole('button', { name: 'Updates are paused: resume' })).toBeVisible()

  await requestSwitchover(operator, CELL)
  const pill = viewer.getByRole('button', { name: /^\d+ changes? — show$/ })
  await expect(pill).toBeVisible()
  const waiting = viewer.getByRole('main').getByRole('listitem').filter({ hasText: CELL })
  await expect(waiting).toHaveCount(0)
  await pill.click()
  await expect(waiting).toHaveCount(1)
  await untilLive(viewer)
  await withdrawWhatWaits(operator, CELL)
})

test('a new event waits behind a pill, so that the list does not move', async ({ asRole, apiOf }) => {
  const operator = await apiOf('operator')
  await withdrawWhatWaits(operator, CELL)
  const viewer = await asRole('viewer')
  await viewer.goto(paths.overview())
  await untilLive(viewer)
  const events = viewer.getByRole('region', { name: 'Events' })
  const readFirst = async () => stripAges(await events.getByRole('listitem').first().textContent())
  const first = await readFirst()
  const { id } = await requestSwitchover(operator, CELL)
  const { code } = await operator.requests.get.query({ id })
  const pill = events.getByRole('button', { name: /^\d+ events? — show$/ })
  await expect(pill).toBeVisible()
  expect(await readFirst()).toBe(first)
  await expect(async () => {
    // What has happened since the first press waits behind the pill in its turn.
    if (await pill.isVisible()) await pill.click()
    await expect(events.getByRole('listitem').filter({ hasText: code }).first()).toBeVisible({ timeout: 5_000 })
  }).toPass({ timeout: 60_000 })
  await withdrawWhatWaits(operator, CELL)
})

test('pages come with a policy for scripts and cookies that only this host and no script can read', async ({
  open,
  sessionOf,
}) => {
  const context = await open(await sessionOf('viewer'))
  const page = await context.newPage()
  const response = (await page.goto(paths.overview()))!
  const policy = response.headers()['content-security-policy']!
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'(;|$)/)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toContain("connect-src 'self'")
  expect(response.headers()).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' })

  const cookies = await context.cookies()
  expect(cookies.length).toBeGreaterThan(0)
  for (const cookie of cookies) {
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: '/', sameSite: 'Lax' })
    expect(cookie.name).toMatch(/^__Host-/)
  }
  expect(await page.evaluate(() => document.cookie)).toBe('')
})

/** Ages go on counting while a list keeps still. */
function stripAges(text: string | null): string {
  return (text ?? '').replaceAll(/\d+ (s|min|m|h|d)( \d+ (s|m|h))? ago/g, '')
}

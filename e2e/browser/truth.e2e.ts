import type { Locator, Page } from '@playwright/test'
import { paths } from '@/model/paths'
import { expect, test } from '../support/fixtures'
import { createFleetCommands } from '../support/fleet'
import { healEstate } from '../support/heal'
import { findWorker, whileStopped } from '../support/worker'

const SEEN_WITHIN_MS = 90_000
const HEALED_WITHIN_MS = 120_000

test.describe('what cannot be seen is not shown as healthy', () => {
  test.describe.configure({ timeout: 480_000 })
  test.afterAll(async ({ estate, apiOf }) => healEstate(estate, await apiOf('viewer')))

  test('a cut link is down for the two vantages at its ends; every other view of the region stays', async ({
    asRole,
    estate,
  }) => {
    const fleet = createFleetCommands(estate.dataDir)
    const page = await asRole('viewer')
    const [from, to] = ['eu-central-1', 'ap-southeast-2']
    await page.goto(paths.network())
    const cut = page.getByRole('button', { name: new RegExp(`^${from} to ${to}:`) })
    const wayBack = page.getByRole('button', { name: new RegExp(`^${to} to ${from}:`) })
    await expect(cut).toContainText(/^[\d.,]+$/)
    try {
      await fleet('cut', `${from}:${to}`, '--both')
      await expect(cut).toContainText('✕ down', { timeout: SEEN_WITHIN_MS })
      await expect(wayBack).toContainText('✕ down', { timeout: SEEN_WITHIN_MS })
      await expect(page.getByRole('button', { name: new RegExp(`^us-east-1 to ${to}:`) })).toContainText(/^[\d.,]+$/)

      await page.goto(paths.region({ region: to }))
      const vantages = page.getByRole('table', { name: 'Vantages' })
      const blind = rowOf(vantages, from)
      await expect(blind).toContainText(/Unreachable|Times out/, { timeout: SEEN_WITHIN_MS })
      await expect(blind.locator('time')).toHaveText(/\d\d:\d\d:\d\dZ/)
      await expect(rowOf(vantages, 'us-east-1')).toContainText('Answers')
      await expect(rowOf(vantages, 'eu-west-1')).toContainText('Answers')

      await page.goto(paths.overview())
      const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: to }) })
      await expect(card).toContainText('Not reached from', { timeout: SEEN_WITHIN_MS })
      await expectNothingGreen(card)
      const link = page
        .getByRole('table', { name: 'Links on the map' })
        .getByRole('row')
        .filter({ hasText: `${from} → ${to}` })
      await expect(link).toContainText('✕ down')
      await expectNothingGreen(link)
    } finally {
      await fleet('heal', `${from}:${to}`, '--both')
    }
    await page.goto(paths.network())
    await expect(cut).toContainText(/^[\d.,]+$/, { timeout: HEALED_WITHIN_MS })
    await expectAllHealthy(page)
  })

  test('a frozen primary is named with the time it was last heard, and comes back', async ({
    asRole,
    apiOf,
    estate,
  }) => {
    const fleet = createFleetCommands(estate.dataDir)
    const cell = (await (await apiOf('viewer')).cells.list.query()).find(({ id }) => id === 'syd')!
    const primary = cell.members.find((member) => member.isActive)!
    const page = await asRole('viewer')
    await page.goto(paths.overview())
    const row = page
      .getByRole('table', { name: 'Cells' })
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: /^syd / }) })
    await expect(row).toContainText('takes writes')
    try {
      await fleet('freeze', primary.id)
      await expect(row).not.toContainText('takes writes', { timeout: SEEN_WITHIN_MS })
      await expectNothingGreen(row)
      const verdict = page.getByRole('region', { name: 'Verdict' })
      await expect(verdict).toContainText(primary.region, { timeout: SEEN_WITHIN_MS })
      await expect(verdict.locator('time')).toHaveText(/\d\d:\d\d:\d\dZ/)
      await expectNothingGreen(verdict)
    } finally {
      await fleet('start', primary.id)
    }
    await expect(row).toContainText('takes writes', { timeout: HEALED_WITHIN_MS })
    await expectAllHealthy(page)
  })

  test('a worker that no longer looks leaves old values, not good ones', async ({ asRole, apiOf }) => {
    const api = await apiOf('viewer')
    const worker = await findWorker(api)
    const page = await asRole('viewer')
    await page.goto(paths.overview())
    await expectAllHealthy(page)
    await whileStopped(worker, async () => {
      const cards = page.getByRole('article')
      await expect(cards.filter({ hasText: 'Unknown' })).toHaveCount(7, { timeout: SEEN_WITHIN_MS })
      await expectNothingGreen(cards.first())
      await expect(cards.first()).toContainText(/was last checked \d+ s ago/)
      await expect(page.getByRole('region', { name: 'Verdict' })).not.toContainText('7 of 7 regions healthy', {
        timeout: SEEN_WITHIN_MS,
      })
      await page.goto(paths.status())
      await expectNothingGreen(rowOf(page.getByRole('table', { name: 'Processes' }), worker.id))
    })
    await expectAllHealthy(page)
  })
})

function rowOf(table: Locator, first: string): Locator {
  return table.getByRole('row').filter({ has: table.page().getByRole('cell', { name: first, exact: true }) })
}

async function expectNothingGreen(part: Locator): Promise<void> {
  await expect(part.locator('[data-status-glyph=ok]'), 'green signs').toHaveCount(0)
}

async function expectAllHealthy(page: Page): Promise<void> {
  await page.goto(paths.overview())
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('7 of 7 regions healthy', {
    timeout: HEALED_WITHIN_MS,
  })
}

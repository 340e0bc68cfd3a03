import { paths } from '@/model/paths'
import { expectAccessible, expectNoSidewaysScroll } from '../support/expect-accessible'
import { desktop, expect, phone, test } from '../support/fixtures'
import { type Place, places } from '../support/routes'
import { requestSwitchover, someDoneSwitchover, withdrawWhatWaits } from '../support/scenes'
import { untilLive, visit } from '../support/visit'

const CELL = 'iad'
const narrow = { width: 320, height: 700 }

test.describe('every page', () => {
  // Two dozen pages in one test: each takes some seconds to be judged, and more where other work is done as well.
  test.describe.configure({ timeout: 720_000 })

  let everywhere: readonly Place[] = []

  test.beforeAll('an operation that is done and a request that waits', async ({ apiOf, personOf }) => {
    const { operationId } = await someDoneSwitchover({ apiOf, personOf }, 'sin')
    const { id: requestId } = await requestSwitchover(await apiOf('operator'), CELL)
    everywhere = places({ operationId, requestId })
  })

  test.afterAll(async ({ apiOf }) => withdrawWhatWaits(await apiOf('operator'), CELL))

  for (const theme of ['dark', 'light'] as const)
    for (const viewport of [desktop, phone])
      test(`has no violation of WCAG 2.2 AA, ${theme} at ${viewport.width}`, async ({ asRole, asNobody }) => {
        const look = { theme, viewport, calm: true }
        const nobody = await asNobody(look)
        await nobody.goto(paths.login())
        await expectAccessible(nobody)
        const operator = await asRole('operator', look)
        for (const place of everywhere) {
          await visit(operator, place)
          await expectAccessible(operator)
        }
      })

  test('names itself: a title, one heading, and no two alike', async ({ asRole }) => {
    const operator = await asRole('operator')
    const titles = new Set<string>()
    for (const place of everywhere) {
      await visit(operator, place)
      await expect(operator.getByRole('heading', { level: 1 }), place.path).toHaveCount(1)
      await expect(operator, place.path).toHaveTitle(place.title)
      titles.add(await operator.title())
    }
    expect(titles.size).toBe(everywhere.length)
    await expect(operator.locator('html')).toHaveAttribute('lang', 'en')
  })

  test('fits into 320 pixels: only tables scroll sideways, inside themselves', async ({ asRole, asNobody }) => {
    const nobody = await asNobody({ viewport: narrow })
    await nobody.goto(paths.login())
    await expectNoSidewaysScroll(nobody, narrow.width)
    const operator = await asRole('operator', { viewport: narrow })
    for (const place of everywhere) {
      await visit(operator, place)
      await expectNoSidewaysScroll(operator, narrow.width)
    }
  })

  test('needs no sideways scroll on a phone: rows of tables are cards', async ({ asRole }) => {
    const operator = await asRole('operator', { viewport: phone })
    for (const place of everywhere) {
      await visit(operator, place)
      await expect(operator.getByRole('region', { name: /scrolls sideways$/ }), place.path).toHaveCount(0)
    }
    await operator.goto(paths.audit())
    const events = operator.getByRole('table', { name: 'Audit events' })
    await expect(events.getByRole('row').first().getByText('Occurred UTC')).toBeVisible()
    await expect(events.getByRole('cell', { name: /^Occurred UTC / }).first()).toBeVisible()
    await operator.getByRole('combobox', { name: 'Sort by' }).waitFor({ state: 'hidden' })
    await operator.goto(paths.operations())
    await operator.getByRole('combobox', { name: 'Sort by' }).selectOption('Started, smallest first')
    await expect(operator).toHaveURL(/sort=started\.asc/)
  })

  test('holds still for those who asked for it', async ({ asRole }) => {
    const operator = await asRole('operator', { calm: true })
    for (const place of everywhere) {
      await visit(operator, place)
      const moving = await operator.evaluate(() =>
        document
          .getAnimations()
          .map((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0))
          .filter((durationMs) => durationMs > 10),
      )
      expect(moving, `animations on ${place.path}`).toEqual([])
    }
  })
})

test('a navigation puts the focus on the heading of the new page', async ({ asRole }) => {
  const operator = await asRole('operator')
  await operator.goto(paths.overview())
  await untilLive(operator)
  const nav = operator.getByRole('navigation', { name: 'Main' })
  for (const name of ['Network latency', 'Operations', 'Approvals', 'Audit', 'Console health', 'Overview']) {
    await nav.getByRole('link', { name: new RegExp(`^${name}`) }).click()
    await expect(operator.getByRole('heading', { level: 1, name, exact: true })).toBeFocused()
    await expect(nav.getByRole('link', { name: new RegExp(`^${name}`) })).toHaveAttribute('aria-current', 'page')
  }
})

test('a chart has a sentence and a table with its values', async ({ asRole }) => {
  const operator = await asRole('operator')
  await operator.goto(paths.replication())
  await untilLive(operator)
  const chart = operator.getByRole('figure').first()
  // By its name: the drawing inside, once it is there, counts as a picture too.
  await expect(chart.getByRole('img', { name: /keeping up\?.*(last|no sample)/i })).toBeVisible()
  await chart.getByRole('button', { name: 'View as table' }).focus()
  await operator.keyboard.press('Enter')
  const table = chart.getByRole('table')
  await expect(table.getByRole('columnheader', { name: /^Time UTC/ })).toBeVisible()
  await expect(table.getByRole('cell').first()).toHaveText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
})

test('the latency matrix is one tab stop with arrows inside, and Enter opens the link', async ({ asRole }) => {
  const operator = await asRole('operator')
  await operator.goto(paths.network())
  await untilLive(operator)
  const cell = operator.getByRole('button', { name: /^ap-southeast-1 to ap-southeast-2:/ })
  await cell.focus()
  await operator.keyboard.press('ArrowRight')
  const next = operator.getByRole('button', { name: /^ap-southeast-1 to ap-southeast-3:/ })
  await expect(next).toBeFocused()
  await operator.keyboard.press('Enter')
  const drawer = operator.getByRole('dialog', { name: 'ap-southeast-1 ⇄ ap-southeast-3' })
  await expect(drawer).toBeVisible()
  await operator.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect(next).toBeFocused()
})

test('the palette goes places by name, and commits nothing', async ({ asRole }) => {
  const operator = await asRole('operator')
  await operator.goto(paths.overview())
  await untilLive(operator)
  await operator.keyboard.press('Control+k')
  await operator.getByRole('combobox').fill('replication')
  await operator.keyboard.press('Enter')
  await expect(operator.getByRole('heading', { level: 1, name: 'Replication lag' })).toBeFocused()
})

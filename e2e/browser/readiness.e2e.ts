import { paths } from '@/model/paths'
import { whoMay } from '@/model/permissions'
import { readinessKinds } from '@/model/schemas/readiness'
import { refusedForNow } from '../support/deciding'
import { expectAccessible, expectNoSidewaysScroll } from '../support/expect-accessible'
import { desktop, expect, phone, test } from '../support/fixtures'
import { untilDone } from '../support/until'
import { visit } from '../support/visit'

/** A drill copies a whole server on a machine that does other things as well. */
const DRILL_TIMEOUT_MS = 180_000
const STARTED_WITHIN_MS = 90_000
const ANSWERED_WITHIN_MS = 15_000

test.beforeAll('the worker has proven every cell once', async ({ apiOf }) => {
  const viewer = await apiOf('viewer')
  await untilDone(async () => {
    const { cells } = await viewer.readiness.list.query({})
    expect(cells.filter(({ verdict }) => verdict.evaluatedAt).length, 'cells with a verdict').toBeGreaterThanOrEqual(5)
  })
})

for (const viewport of [phone, desktop])
  for (const theme of ['dark', 'light'] as const)
    test(`the pages of disaster recovery fit and have no violation, ${theme} at ${viewport.width}`, async ({
      asRole,
    }) => {
      const operator = await asRole('operator', { viewport, theme, calm: true })
      for (const path of [
        paths.dr({ off: 'eu-central-1' }),
        paths.readiness({ cell: 'fra' }),
        paths.drills(),
        paths.drillHistory(),
      ]) {
        await visit(operator, { path })
        await expectAccessible(operator)
        await expectNoSidewaysScroll(operator, viewport.width)
      }
    })

test('the worst cell stands first, blockers before the score, and each reason says what helps', async ({
  asRole,
  apiOf,
}) => {
  const api = await apiOf('viewer')
  // What is not known for a moment stands elsewhere in the order, and its reasons are others.
  const cells = await untilDone(async () => {
    const { cells: listed } = await api.readiness.list.query({})
    expect(listed.find(({ cellId }) => cellId === 'jkt')!.verdict.says).toMatch(/^Not ready: \d+ blocker/)
    return listed
  })
  const ranks = cells.map(({ verdict }) => readinessKinds.indexOf(verdict.kind))
  expect(ranks).toEqual(ranks.toSorted((a, b) => b - a))
  const backup = cells[0]!.checks.find(({ check }) => check === 'backup')
  expect(backup).toMatchObject({ outcome: 'not-configured', says: expect.stringMatching(/^No backup is configured/) })

  const viewer = await asRole('viewer')
  await viewer.goto(paths.dr())
  const row = viewer.getByRole('listitem').filter({ has: viewer.getByRole('heading', { name: /^jkt/ }) })
  await expect(row).toContainText(/Not ready: \d+ blockers?.*Score \d+ of 100/)
  const reasons = row.getByRole('list', { name: 'What keeps jkt from being ready' })
  const reason = reasons.getByRole('listitem').filter({ hasText: 'It may serve every tenant' })
  await expect(reason).toContainText(/^Blocks.*Failed/)
  await expect(reason).toContainText('declare a standby in a region that every policy allows')
  const drill = reasons.getByRole('listitem').filter({ hasText: 'Drilled by a switchover and back' })
  await expect(drill).toContainText(/^Risk.*Never drilled/)
  const act = row.getByRole('navigation', { name: 'Act on jkt' })
  for (const name of ['Planned switchover', 'Try planned, then ask']) {
    await expect(act.getByRole('button', { name })).toBeDisabled()
    await expect(act.getByRole('button', { name })).toHaveAccessibleDescription(/out of ap-southeast-1/)
  }
  await drill.getByRole('link', { name: 'Drills' }).click()
  await expect(viewer.getByRole('heading', { level: 1, name: 'Drills' })).toBeVisible()
})

for (const viewport of [phone, desktop])
  test(`a region that is switched off on the map says who takes over, at ${viewport.width}`, async ({
    asRole,
    apiOf,
  }) => {
    const viewer = await asRole('viewer', { viewport })
    await viewer.goto(paths.dr())
    await viewer.getByRole('combobox', { name: 'Switch off' }).selectOption('ap-southeast-3')
    await expect(viewer).toHaveURL(/[?&]off=ap-southeast-3/)
    const cells = viewer.getByRole('table', { name: 'Cells without the region' })
    const jkt = cells.getByRole('row').filter({ hasText: 'jkt' })
    await expect(jkt).toContainText('Nobody')
    await expect(jkt).toContainText('the law keeps tenants out of ap-southeast-1')
    const { activeRegion, members } = (await (await apiOf('viewer')).cells.list.query()).find(({ id }) => id === 'fra')!
    await viewer.getByRole('combobox', { name: 'Switch off' }).selectOption(activeRegion)
    const fra = cells.getByRole('row').filter({ hasText: 'fra' }).first()
    await expect(fra).toContainText(`in ${members.find(({ isActive }) => !isActive)!.region}`)
    await expect(viewer.getByRole('table', { name: /^Write latency of fra/ })).toContainText('us-east-1')
  })

test.describe('a drill on a clone', () => {
  test.use({ tolerated: [refusedForNow] })

  test('runs by itself, is measured, and leaves the live cell as it was', async ({ asRole, apiOf }) => {
    test.setTimeout(DRILL_TIMEOUT_MS * 2)
    const api = await apiOf('operator')
    const cellOf = async () => (await api.cells.list.query()).find(({ id }) => id === 'syd')!
    const before = await cellOf()
    const operator = await asRole('operator')
    await operator.goto(paths.drills({ cell: 'syd' }))
    await operator.getByRole('button', { name: 'Run on a clone of syd' }).click()
    const dialog = operator.getByRole('dialog', { name: 'Drill syd on a clone' })
    await expect(dialog).toContainText('drill:syd')
    const start = dialog.getByRole('button', { name: 'Drill syd on a clone' })
    const heading = operator.getByRole('heading', { level: 1, name: 'Drill of syd: on a clone' })
    // A standby that lags for a moment is not copied: the dialog stays and says so.
    await expect(async () => {
      if (await start.isVisible()) await start.click({ timeout: ANSWERED_WITHIN_MS })
      await expect(heading).toBeVisible({ timeout: ANSWERED_WITHIN_MS })
    }).toPass({ timeout: STARTED_WITHIN_MS })
    // How long the copy takes is this machine's affair; that all of it was measured is not.
    const word = operator.getByText(/^Objectives? (met|missed)$/)
    await expect(word).toBeVisible({ timeout: DRILL_TIMEOUT_MS })
    await expect(operator.getByText('The copy took a write and was discarded.')).toBeVisible()
    const after = await cellOf()
    expect(after).toMatchObject({ activeMember: before.activeMember, epoch: before.epoch, epochStatus: 'WRITABLE' })
    const id = operator.url().split('/').at(-1)!
    const report = await api.drills.get.query({ id })
    expect(report).toMatchObject({ outcome: 'done', isMet: expect.any(Boolean), cellId: 'syd' })
    await expect(word, 'the page and the API say the same').toHaveText(
      report.isMet ? 'Objectives met' : 'Objective missed',
    )
    const answer = await operator.request.get(`/api/v1/drills/${id}`)
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(report)))
    await expectAccessible(operator)
  })
})

test('a schedule is placed, told, and ended', async ({ asRole }) => {
  const operator = await asRole('operator')
  await operator.goto(paths.drills({ cell: 'iad' }))
  await operator.getByRole('button', { name: 'Schedule switchover and back of iad' }).click()
  await operator.getByRole('combobox', { name: 'How often' }).selectOption({ label: 'Every 90 days' })
  await operator.getByRole('button', { name: 'Schedule it' }).click()
  const row = operator.getByRole('listitem').filter({ hasText: 'Switchover and back' })
  await expect(row).toContainText('Every 90 days')
  await expect(operator.getByText('Due, and to be asked for by a person: iad.')).toBeVisible()
  await operator.getByRole('button', { name: 'Schedule switchover and back of iad' }).click()
  await operator.getByRole('combobox', { name: 'How often' }).selectOption({ label: 'Never: end the schedule' })
  await operator.getByRole('button', { name: 'End the schedule' }).click()
  await expect(row).toContainText('Not scheduled')
})

test('who only looks runs nothing, and is told why', async ({ asRole }) => {
  const viewer = await asRole('viewer')
  await viewer.goto(paths.drills({ cell: 'syd' }))
  const run = viewer.getByRole('button', { name: 'Run on a clone of syd' })
  await expect(run).toBeDisabled()
  await expect(run).toHaveAccessibleDescription(whoMay('drill:run'))
})

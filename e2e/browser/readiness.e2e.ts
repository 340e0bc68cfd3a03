import { paths } from '@/model/paths'
import { whoMay } from '@/model/permissions'
import { readinessKinds } from '@/model/schemas/readiness'
import { expectAccessible, expectNoSidewaysScroll } from '../support/expect-accessible'
import { desktop, expect, phone, test } from '../support/fixtures'

/** A drill copies a whole server on a machine that does other things as well. */
const DRILL_TIMEOUT_MS = 180_000
const PROVEN_TIMEOUT_MS = 90_000

test.beforeAll('the worker has proven every cell once', async ({ apiOf }) => {
  const viewer = await apiOf('viewer')
  await expect
    .poll(
      async () => (await viewer.readiness.list.query({})).cells.filter(({ verdict }) => verdict.evaluatedAt).length,
      {
        timeout: PROVEN_TIMEOUT_MS,
      },
    )
    .toBeGreaterThanOrEqual(5)
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
        await operator.goto(path)
        await expect(operator.getByRole('heading', { level: 1 })).toBeVisible()
        await expectAccessible(operator)
        await expectNoSidewaysScroll(operator, viewport.width)
      }
    })

test('the worst cell stands first, blockers before the score, and each reason says what helps', async ({
  asRole,
  apiOf,
}) => {
  const { cells } = await (await apiOf('viewer')).readiness.list.query({})
  const ranks = cells.map(({ verdict }) => readinessKinds.indexOf(verdict.kind))
  expect(ranks).toEqual(ranks.toSorted((a, b) => b - a))
  const jkt = cells.find(({ cellId }) => cellId === 'jkt')!
  expect(jkt.verdict.says, 'a quarter of its tenants may live in Indonesia only').toMatch(/^Not ready: \d+ blocker/)
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
  for (const name of ['Switch over', 'Try, then ask']) {
    await expect(act.getByRole('button', { name })).toBeDisabled()
    await expect(act.getByRole('button', { name })).toHaveAccessibleDescription(/out of ap-southeast-1/)
  }
  await drill.getByRole('link', { name: 'Drills' }).click()
  await expect(viewer.getByRole('heading', { level: 1, name: 'Drills' })).toBeVisible()
})

for (const viewport of [phone, desktop])
  test(`a region that is switched off on the map says who takes over, at ${viewport.width}`, async ({ asRole }) => {
    const viewer = await asRole('viewer', { viewport })
    await viewer.goto(paths.dr())
    await viewer.getByRole('combobox', { name: 'Switch off' }).selectOption('ap-southeast-3')
    await expect(viewer).toHaveURL(/[?&]off=ap-southeast-3/)
    const cells = viewer.getByRole('table', { name: 'Cells without the region' })
    const jkt = cells.getByRole('row').filter({ hasText: 'jkt' })
    await expect(jkt).toContainText('Nobody')
    await expect(jkt).toContainText('the law keeps tenants out of ap-southeast-1')
    await viewer.getByRole('combobox', { name: 'Switch off' }).selectOption('eu-central-1')
    const fra = cells.getByRole('row').filter({ hasText: 'fra' }).first()
    await expect(fra).toContainText('in eu-west-1')
    await expect(viewer.getByRole('table', { name: /^Write latency of fra/ })).toContainText('us-east-1')
  })

test('a drill on a clone runs by itself, is measured, and leaves the live cell as it was', async ({
  asRole,
  apiOf,
}) => {
  const api = await apiOf('operator')
  const cellOf = async () => (await api.cells.list.query()).find(({ id }) => id === 'syd')!
  const before = await cellOf()
  const operator = await asRole('operator')
  await operator.goto(paths.drills({ cell: 'syd' }))
  await operator.getByRole('button', { name: 'Run on a clone of syd' }).click()
  const dialog = operator.getByRole('dialog', { name: 'Drill syd on a clone' })
  await expect(dialog).toContainText('drill:syd')
  await dialog.getByRole('button', { name: 'Drill syd on a clone' }).click()
  await expect(operator.getByRole('heading', { level: 1, name: 'Drill of syd: on a clone' })).toBeVisible()
  await expect(operator.getByText('Objectives met')).toBeVisible({ timeout: DRILL_TIMEOUT_MS })
  await expect(operator.getByText('The copy took a write and was discarded.')).toBeVisible()
  const after = await cellOf()
  expect(after).toMatchObject({ activeMember: before.activeMember, epoch: before.epoch, epochStatus: 'WRITABLE' })
  const id = operator.url().split('/').at(-1)!
  const report = await api.drills.get.query({ id })
  expect(report).toMatchObject({ outcome: 'done', isMet: true, cellId: 'syd' })
  const answer = await operator.request.get(`/api/v1/drills/${id}`)
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(report)))
  await expectAccessible(operator)
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

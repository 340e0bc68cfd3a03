import { paths } from '@/model/paths'
import { whoMay } from '@/model/permissions'
import { desktop, expect, phone, test } from '../support/fixtures'

const REASON = 'Placed by a browser test'

test.afterEach('no hold stays behind', async ({ apiOf }) => {
  const operator = await apiOf('operator')
  for (const hold of await operator.holds.list.query({ status: 'active' }))
    if (hold.reason === REASON) await operator.holds.release.mutate({ id: hold.id, reason: 'The test is over' })
})

for (const viewport of [phone, desktop])
  test(`a hold is placed, seen on every page, and released, at ${viewport.width}`, async ({ asRole }) => {
    const operator = await asRole('operator', { viewport })
    await operator.goto(paths.holds())
    await operator.getByRole('button', { name: 'Place a hold' }).click()
    const dialog = operator.getByRole('dialog', { name: 'Place a hold' })
    await dialog.getByRole('combobox', { name: 'Cell', exact: true }).selectOption('iad')
    await dialog.getByRole('combobox', { name: 'For how long' }).selectOption({ label: '1 hour' })
    await dialog.getByRole('textbox', { name: 'Reason' }).fill(REASON)
    await dialog.getByRole('button', { name: 'Hold cell iad' }).click()
    await expect(dialog).toBeHidden()
    const viewer = await asRole('viewer', { viewport })
    await viewer.goto(paths.overview())
    const banner = viewer.getByRole('banner').getByRole('link', { name: `Incident hold on cell iad: ${REASON}` })
    await expect(banner).toBeVisible()
    await banner.click()
    await expect(viewer.getByRole('heading', { level: 1, name: 'Holds' })).toBeVisible()
    await expect(viewer.getByRole('button', { name: 'Place a hold' })).toBeDisabled()
    await expect(viewer.getByRole('button', { name: 'Place a hold' })).toHaveAccessibleDescription(whoMay('hold:place'))
    await operator.getByRole('button', { name: 'Release the Incident hold on cell iad' }).click()
    await operator.getByRole('button', { name: 'Incident is over' }).click()
    await operator.getByRole('button', { name: 'Release', exact: true }).click()
    await expect(viewer.getByRole('banner').getByRole('link', { name: /Incident hold on cell iad/ })).toHaveCount(0)
  })

test('the request form says who could approve before anybody is asked', async ({ apiOf }) => {
  const operator = await apiOf('operator')
  const forced = await operator.people.couldApprove.query({ kind: 'forced-failover', cellId: 'sin' })
  expect(forced).toMatchObject({
    quorum: 2,
    isEnough: true,
    says: 'Could approve now: Aiko Tanemura and Ana Prietova; both must.',
  })
  const admin = await apiOf('admin')
  const asAdmin = await admin.people.couldApprove.query({ kind: 'forced-failover', cellId: 'sin' })
  expect(asAdmin).toMatchObject({
    isEnough: false,
    says: expect.stringMatching(/^2 must approve, and only Ana Prietova/),
  })
})

test('break-glass shows what it skips, and starts nothing without a region and a sentence', async ({
  asRole,
  apiOf,
}) => {
  const { members } = (await (await apiOf('operator')).cells.list.query()).find(({ id }) => id === 'sin')!
  const operator = await asRole('operator')
  await operator.goto(paths.breakGlass({ cell: 'sin' }))
  await operator.getByRole('button', { name: 'Dry run' }).click()
  await expect(operator.getByRole('textbox', { name: 'Override “The primary is in trouble” because' })).toBeVisible()
  const start = operator.getByRole('button', { name: /^Break the glass: fence/ })
  await expect(async () => {
    for (const field of await operator.getByRole('textbox', { name: /^Override/ }).all())
      if ((await field.inputValue()) === '') await field.fill('Set up by a browser test')
    await operator.getByRole('button', { name: 'Run it again' }).click()
    await expect(start).toBeVisible({ timeout: 15_000 })
  }).toPass({ timeout: 120_000 })
  // Nobody looks at it after whoever breaks the glass, so all of the dry run is read here.
  await expect(operator.getByText(/overridden; nobody else confirms them$/)).toBeVisible()
  await expect(operator.getByText(/^Not so: The primary is in trouble/)).toBeVisible()
  await expect(operator.getByRole('list', { name: 'Candidates' })).toContainText(
    members.find(({ isActive }) => !isActive)!.id,
  )
  for (const part of ['How it would be fenced', 'Whom it touches', 'Affected tenants'])
    await expect(operator.getByRole('heading', { name: part })).toBeVisible()
  await expect(start).toBeDisabled()
  await expect(start).toHaveAccessibleDescription('Type the region that will be fenced.')
  const viewer = await asRole('viewer')
  await viewer.goto(paths.breakGlass({ cell: 'sin' }))
  await expect(viewer.getByRole('button', { name: 'Dry run' })).toBeDisabled()
  await expect(viewer.getByRole('button', { name: 'Dry run' })).toHaveAccessibleDescription(
    whoMay('operation:break-glass'),
  )
})

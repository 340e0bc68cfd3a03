import { paths } from '@/model/paths'
import { desktop, expect, phone, test } from '../support/fixtures'
import { untilLive, untilLoaded } from '../support/visit'

const NO_CELL = 'nope'
/** An earlier story may have broken it and mended it just now. */
const WELL_WITHIN_MS = 90_000

test.describe('a link that says something wrong still shows the page, and what was ignored', () => {
  test('a bad date of the audit trail', async ({ asRole }) => {
    const operator = await asRole('operator')
    await operator.goto(`${paths.audit()}?from=garbage&action=request.`)
    await expect(operator.getByText('The link’s “from” is no date and time in UTC: it is ignored.')).toBeVisible()
    await expect(operator.getByRole('combobox', { name: 'Kind' })).toHaveValue('request.')
    await untilLoaded(operator)
    await expect(operator.getByText('Refused')).toHaveCount(0)
    await operator.getByRole('button', { name: 'Clear filters' }).first().click()
    await expect(operator).toHaveURL(new RegExp(`${paths.audit()}$`))
    await expect(operator.getByRole('table', { name: 'Audit events' })).toBeVisible()
  })

  test('filters that match nothing stay where they can be changed', async ({ asRole }) => {
    const operator = await asRole('operator')
    await operator.goto(`${paths.audit()}?scope=cell:${NO_CELL}`)
    await expect(operator.getByText('No event matches these filters.')).toBeVisible()
    await expect(operator.getByRole('textbox', { name: 'Scope' })).toHaveValue(`cell:${NO_CELL}`)
  })

  test('a server of conflicts that is none', async ({ asRole }) => {
    const operator = await asRole('operator')
    await operator.goto(paths.conflicts({ server: NO_CELL }))
    await expect(operator.getByText(/The link’s “server” is no id/)).toBeVisible()
    await untilLoaded(operator)
    await expect(operator.getByText('Refused')).toHaveCount(0)
    await operator.getByRole('button', { name: 'Clear filters' }).click()
    await expect(operator).toHaveURL(new RegExp(`${paths.conflicts()}$`))
  })

  test('a cell that does not exist, on every form that is opened by a link', async ({ asRole }) => {
    const operator = await asRole('operator')
    for (const pathTo of [paths.newFailover, paths.newDrill, paths.breakGlass]) {
      await operator.goto(pathTo({ cell: NO_CELL }))
      await expect(operator.getByText(`There is no cell ${NO_CELL}.`)).toBeVisible()
    }
  })
})

test.describe('an address that no page has', () => {
  test.use({ tolerated: [/the server responded with a status of 404/] })

  test('is told inside the shell, with the way on; a program is told in its own words', async ({ asRole }) => {
    const viewer = await asRole('viewer')
    expect((await viewer.goto('/nowhere/at/all'))?.status()).toBe(404)
    await expect(viewer.getByRole('heading', { level: 1, name: 'Not found' })).toBeVisible()
    await expect(viewer).toHaveTitle(/^Not found · Homeport$/)
    await viewer.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Operations' }).click()
    await expect(viewer.getByRole('heading', { level: 1, name: 'Operations' })).toBeVisible()
    const answer = await viewer.request.get('/api/nowhere')
    expect(answer.status()).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' })
  })
})

test('break-glass stands where its address and the menu say, and new failover, which is in the menu, below nothing', async ({
  asRole,
}) => {
  const operator = await asRole('operator')
  await operator.goto(paths.breakGlass())
  await expect(operator.getByRole('navigation', { name: 'Breadcrumb' })).toHaveText('DR readiness')
  const menu = operator.getByRole('navigation', { name: 'Main' })
  await expect(menu.locator('[aria-current=page]')).toHaveText('DR readiness')
  await operator.goto(paths.newFailover())
  await expect(menu.locator('[aria-current=page]')).toHaveText('New failover')
  await expect(operator.getByRole('navigation', { name: 'Breadcrumb' })).toHaveCount(0)
})

test.describe('the palette', () => {
  test('finds a cell, its servers and its region by the name of the cell, and plans nothing for a viewer', async ({
    asRole,
  }) => {
    const viewer = await asRole('viewer')
    await viewer.goto(paths.overview())
    await untilLive(viewer)
    await expect(viewer.getByRole('button', { name: 'Open the command palette' })).toContainText('Ctrl K')
    await viewer.keyboard.press('Control+k')
    await viewer.getByRole('combobox').fill('iad')
    const found = viewer.getByRole('option')
    await expect(found.first()).toContainText(/^iad/)
    await expect(found.filter({ hasText: /^iad-1/ })).toBeVisible()
    await expect(found.filter({ hasText: 'Ashburn' })).toBeVisible()
    await expect(found.filter({ hasText: /failover of/ })).toHaveCount(0)
    await viewer.keyboard.press('Enter')
    await expect(viewer.getByRole('heading', { level: 1, name: /^us-/ })).toBeFocused()
  })

  test('offers the form to an operator', async ({ asRole }) => {
    const operator = await asRole('operator')
    await operator.goto(paths.overview())
    await untilLive(operator)
    await operator.keyboard.press('Control+k')
    await operator.getByRole('combobox').fill('plan iad')
    await expect(operator.getByRole('option').first()).toContainText('Plan a failover of iad')
    await operator.keyboard.press('Enter')
    await expect(operator).toHaveURL(new RegExp(`${paths.newFailover()}\\?cell=iad`))
  })
})

test('on a phone a healthy region is a line below the rest; on a desktop it keeps its card', async ({ asRole }) => {
  const lines = (page: Awaited<ReturnType<typeof asRole>>) =>
    page.getByRole('list', { name: 'Healthy regions' }).getByRole('listitem')
  const small = await asRole('viewer', { viewport: phone })
  await small.goto(paths.overview())
  const healthy = lines(small).filter({ hasText: 'eu-west-1' })
  await expect(healthy).toContainText(/Healthy\s*p99/, { timeout: WELL_WITHIN_MS })
  await expect(small.getByRole('article').filter({ hasText: 'eu-west-1' })).toHaveCount(0)
  const large = await asRole('viewer', { viewport: desktop })
  await large.goto(paths.overview())
  await expect(large.getByRole('article').filter({ hasText: 'eu-west-1' }).first()).toBeVisible()
  await expect(lines(large)).toHaveCount(0)
})

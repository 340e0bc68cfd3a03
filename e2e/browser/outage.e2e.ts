import { paths } from '@/model/paths'
import { expect, phone, test } from '../support/fixtures'
import { createFleetCommands } from '../support/fleet'

const UNAVAILABLE = 503
const BACK_WITHIN_MS = 120_000

test.describe('while the catalog is away', () => {
  test.use({ tolerated: [/the server responded with a status of 503/] })

  test('a page that is loaded says so, since when and what can be done; an open one keeps what it knows', async ({
    asRole,
    asNobody,
    estate,
  }) => {
    const fleet = createFleetCommands(estate.dataDir)
    const open = await asRole('viewer')
    await open.goto(paths.overview())
    const cell = open.getByRole('table', { name: 'Cells' }).getByRole('row').filter({ hasText: 'Frankfurt' })
    await expect(cell).toBeVisible()
    const fresh = await asRole('operator', { viewport: phone })
    const nobody = await asNobody()
    try {
      await fleet('kill', 'catalog')
      for (const [page, path] of [
        [fresh, paths.audit()],
        [nobody, paths.login()],
      ] as const) {
        const answer = await page.goto(path)
        expect(answer?.status(), path).toBe(UNAVAILABLE)
        expect(answer?.headers()['retry-after']).toBe('10')
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(/The catalog cannot be reached/)
        await expect(page.getByText(/It has not answered since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ \(UTC\)/)).toBeVisible()
        await expect(page.getByText('The cells keep serving')).toBeVisible()
        await expect(page.getByRole('link', { name: 'Try again' })).toHaveAttribute('href', path)
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
      }
      await expect(cell).toBeVisible()
      await expect(open.getByText('The catalog cannot be reached.').first()).toBeVisible({ timeout: BACK_WITHIN_MS })
      await expect(open.getByRole('region', { name: 'Verdict' })).toContainText('Last known')
      for (const name of ['Verdict', 'Operations running', 'Approvals waiting'])
        await expect(open.getByRole('region', { name }).locator('[data-status-glyph=ok]'), name).toHaveCount(0)
    } finally {
      await fleet('start', 'catalog')
    }
    await expect(async () => {
      await fresh.getByRole('link', { name: 'Try again' }).click()
      await expect(fresh.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible({ timeout: 15_000 })
    }).toPass({ timeout: BACK_WITHIN_MS })
  })
})

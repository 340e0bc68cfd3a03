import { expect, type Locator, type Page } from '@playwright/test'

const ALLOWED_WITHIN_MS = 120_000
const ANSWERED_WITHIN_MS = 15_000
const REQUEST_PATH = /\/approvals\/[0-9a-f-]{36}$/

/** A vantage that is late on a busy machine refuses a dry run for a moment: the operator runs it again, as people do. */
export async function dryRunUntilAllowed(page: Page): Promise<void> {
  const request = page.getByRole('heading', { name: '4 · Request it' })
  await page.getByRole('button', { name: 'Dry run' }).click()
  await expect(async () => {
    const again = page.getByRole('button', { name: 'Run it again' })
    await expect(request.or(again).first()).toBeVisible({ timeout: ANSWERED_WITHIN_MS })
    if (!(await request.isVisible())) await again.click({ timeout: ANSWERED_WITHIN_MS })
    await expect(request).toBeVisible({ timeout: ANSWERED_WITHIN_MS })
  }).toPass({ timeout: ALLOWED_WITHIN_MS })
}

/**
 * Presses the button that asks, and answers the id of the request whose page it leads to. A request is refused while, for a moment,
 * not everything can be verified: the form stays and says so, and pressing again sends the same request.
 */
export async function requestUntilTaken(page: Page, button: Locator): Promise<string> {
  await expect(async () => {
    if (!REQUEST_PATH.test(page.url())) await button.click({ timeout: ANSWERED_WITHIN_MS })
    await page.waitForURL(REQUEST_PATH, { timeout: ANSWERED_WITHIN_MS })
  }).toPass({ timeout: ALLOWED_WITHIN_MS })
  return new URL(page.url()).pathname.split('/').at(-1)!
}

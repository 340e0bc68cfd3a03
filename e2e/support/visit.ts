import { expect, type Page } from '@playwright/test'

/** Opens a page and waits until it shows what it has: what is looked for on a page that still loads is never there. */
export async function visit(page: Page, { path, heading = /\S/ }: { path: string; heading?: RegExp }): Promise<void> {
  await page.goto(path)
  await expect(page.getByRole('heading', { level: 1 }), path).toHaveText(heading)
  await untilLoaded(page)
}

/** Every panel shows its content, be it a refusal or nothing at all, and no longer the shape of it. */
export async function untilLoaded(page: Page): Promise<void> {
  const loading = page.getByRole('main').locator('[aria-busy=true]')
  await expect(loading, `panels of ${page.url()} still loading`).toHaveCount(0)
}

/** The page listens: to the keyboard, to clicks that stay on it, and to the stream of changes. */
export async function untilLive(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Live: pause updates' })).toBeVisible()
}

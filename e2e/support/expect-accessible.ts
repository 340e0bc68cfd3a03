import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']

/** No violation of WCAG 2.2 AA on the page as it stands, target sizes included. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page })
    .options({ runOnly: { type: 'tag', values: wcag }, rules: { 'target-size': { enabled: true } } })
    .analyze()
  const told = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.slice(0, 3).map(({ html }) => html) }))
  expect.soft(told, page.url()).toEqual([])
  expect
    .soft(
      passes.map(({ id }) => id),
      `target-size ran on ${page.url()}`,
    )
    .toContain('target-size')
}

/** Only tables scroll sideways, inside themselves. */
export async function expectNoSidewaysScroll(page: Page, width: number): Promise<void> {
  const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth)
  expect.soft(scrollWidth, `width of ${page.url()}`).toBeLessThanOrEqual(width)
}

import { expect, type Locator, type Page } from '@playwright/test'

const SETTLED_WITHIN_MS = 10_000

/** A step of the operation's timeline, by its title and the word for its state. */
export async function expectStep(
  page: Page,
  title: string,
  word: string,
  options?: { timeout?: number },
): Promise<void> {
  const step = page.getByRole('list', { name: 'Steps' }).getByRole('listitem').filter({ hasText: title })
  await expect(step, `the step "${title}"`).toContainText(`${title}: ${word}`, options)
}

/** A row of a table by its heading, and what stands in its cells. */
export async function expectRow(table: Locator, heading: string, cells: readonly string[]): Promise<void> {
  const row = table
    .getByRole('row')
    .filter({ has: table.page().getByRole('rowheader', { name: heading, exact: true }) })
  await expect(row.getByRole('cell')).toHaveText([...cells])
}

/** Visible as the page comes, without scrolling and with nothing else on top. */
export async function expectInFirstScreen(page: Page, parts: readonly Locator[]): Promise<void> {
  for (const part of parts) await expect(part).toBeVisible()
  // As the page comes to rest: its fonts and its last values may still move what stands below them.
  await expect(async () => {
    expect(await page.evaluate(() => window.scrollY), 'nobody has scrolled').toBe(0)
    for (const part of parts) await expectOnScreen(part)
  }).toPass({ timeout: SETTLED_WITHIN_MS })
}

async function expectOnScreen(part: Locator): Promise<void> {
  const place = await part.evaluate((element) => {
    const { left, top, bottom, width, height } = element.getBoundingClientRect()
    const shown = document.elementFromPoint(left + Math.min(width, 40) / 2, top + height / 2)
    const isUncovered = shown !== null && (element.contains(shown) || shown.contains(element))
    return { top, bottom, isUncovered, screen: window.innerHeight }
  })
  expect(place, `${part} lies in the first screen`).toMatchObject({ isUncovered: true })
  expect(place.bottom, `the lower edge of ${part}`).toBeLessThanOrEqual(place.screen)
}

type CountedLoss = {
  lostWriteCount: number | null
  loss: { estimateSeconds: number | null; actualSeconds: number | null }
}

/** The lost rows were counted, and the time they stand for, where it is known, is no more than was approved. */
export function expectCountedLoss({ lostWriteCount, loss: { estimateSeconds, actualSeconds } }: CountedLoss): void {
  expect(lostWriteCount, 'counted, be it none').not.toBeNull()
  expect(estimateSeconds, 'a bound that people approved').not.toBeNull()
  if (lostWriteCount === 0) expect(actualSeconds, 'the time in which nothing was lost').toBe(0)
  else if (actualSeconds !== null) expect(actualSeconds).toBeLessThanOrEqual(estimateSeconds!)
}

import type { CellView, Overview } from '@/model/schemas/estate'

/** "3 more" within the verdict, and where on the page the rest of it is told; null when the sentence tells everything. */
export type More = { before: string; more: string; after: string; href: '#cells' | '#regions' }

/** As server/domain/telemetry/decide-verdict.ts ends it. A sentence that ends otherwise is shown as it is. */
const MORE = /^(.* )(\d+ more)(\. \d+ of \d+ regions? healthy.*)$/s

export function splitMore(overview: {
  verdict: Pick<Overview['verdict'], 'says'>
  cells: readonly Pick<CellView, 'status' | 'says'>[]
}): More | null {
  const { verdict, cells } = overview
  const [, before, more, after] = MORE.exec(verdict.says) ?? []
  if (before === undefined || more === undefined || after === undefined) return null
  const isCellUntold = cells.some(({ status, says }) => status !== 'ok' && !before.includes(says))
  return { before, more, after, href: isCellUntold ? '#cells' : '#regions' }
}

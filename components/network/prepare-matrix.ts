import type { Status } from '@/model/observations'
import { sayProbes } from '@/model/probe-words'
import type { LinkView, Network } from '@/model/schemas/estate'
import { ageOf } from '../shell/clock'

/** The latency matrix as it is drawn: rows from, columns to. Pure. */
export const latencyMetrics = ['p50', 'p95', 'max'] as const
export type LatencyMetric = (typeof latencyMetrics)[number]

/** What one cell says. `ratio` is against the budget of that link and direction; null where there is no budget. */
export type MatrixCell =
  | { kind: 'self' }
  | { kind: 'up'; link: LinkView; valueMs: number; ratio: number | null; step: RatioStep | null }
  | { kind: 'last-known'; link: LinkView; valueMs: number }
  /** A server answers over the link, though with an error: the way works, and there is no time of a read to show. */
  | { kind: 'answers'; link: LinkView; says: string }
  | { kind: 'down' | 'probe-missing' | 'not-established' | 'no-sample'; link: LinkView | null }

export type RatioStep = 1 | 2 | 3 | 4 | 5
export const ratioSteps = [
  { step: 1, label: '< 0.8×' },
  { step: 2, label: '0.8–1×' },
  { step: 3, label: '1–1.5×' },
  { step: 4, label: '1.5–2×' },
  { step: 5, label: '≥ 2×' },
] as const satisfies readonly { step: RatioStep; label: string }[]

export function ratioStep(ratio: number): RatioStep {
  if (ratio < 0.8) return 1
  if (ratio < 1) return 2
  if (ratio < 1.5) return 3
  return ratio < 2 ? 4 : 5
}

/** A row or column in short: the worst of its links, and how many of them are heard. Never an average. */
export type RollUp = { worst: MatrixCell | null; upCount: number; count: number }

export type MatrixRow = { region: string; cells: MatrixCell[]; rollUp: RollUp }
export type Matrix = { regions: string[]; rows: MatrixRow[]; columnRollUps: RollUp[] }

export function prepareMatrix(
  network: Pick<Network, 'regions' | 'links'>,
  metric: LatencyMetric,
  nowMs: number,
): Matrix {
  const inLinks = network.links.flatMap((link) => [link.from, link.to])
  const regions = [...new Set([...network.regions, ...inLinks])].sort()
  const byPair = new Map(network.links.map((link) => [`${link.from}>${link.to}`, link]))
  const rows = regions.map((from) => {
    const cells = regions.map((to) =>
      prepareCell(from === to ? 'self' : (byPair.get(`${from}>${to}`) ?? null), metric, nowMs),
    )
    return { region: from, cells, rollUp: rollUp(cells) }
  })
  const columnRollUps = regions.map((_, index) => rollUp(rows.map((row) => row.cells[index]!)))
  return { regions, rows, columnRollUps }
}

/** A value that is past five intervals is the last known one: it has no colour and counts in no roll-up. */
export function prepareCell(link: LinkView | 'self' | null, metric: LatencyMetric, nowMs: number): MatrixCell {
  if (link === 'self') return { kind: 'self' }
  if (link === null) return { kind: 'probe-missing', link: null }
  if (link.state !== 'up') return { kind: link.state, link }
  const valueMs = link.latency[`${metric}Ms`]
  const { freshness } = ageOf(link.seen, nowMs)
  const isOld = freshness === 'last-known' || freshness === 'unknown'
  if (valueMs === null)
    return link.detail === null || isOld
      ? { kind: 'no-sample', link }
      : { kind: 'answers', link, says: sayProbes(link.detail).says }
  if (isOld) return { kind: 'last-known', link, valueMs }
  const ratio = link.budgetMs ? valueMs / link.budgetMs : null
  return { kind: 'up', link, valueMs, ratio, step: ratio === null ? null : ratioStep(ratio) }
}

/** Higher is worse. A broken link is worse than any number; one that nobody probes is a gap, not a fault. */
function badness(cell: MatrixCell): number {
  if (cell.kind === 'down') return Number.POSITIVE_INFINITY
  if (cell.kind === 'answers') return 2e9
  if (cell.kind === 'not-established' || cell.kind === 'no-sample' || cell.kind === 'last-known') return 1e9
  if (cell.kind === 'up') return cell.ratio ?? 0
  return -1
}

function rollUp(cells: readonly MatrixCell[]): RollUp {
  const links = cells.filter((cell) => cell.kind !== 'self')
  const worst = links.reduce<MatrixCell | null>((a, b) => (a === null || badness(b) > badness(a) ? b : a), null)
  return { worst, upCount: links.filter(({ kind }) => kind === 'up' || kind === 'answers').length, count: links.length }
}

/** The same links as one list, worst first, for a phone and for the list beside the matrix. */
export function worstLinks(
  network: Pick<Network, 'links'>,
  metric: LatencyMetric,
  nowMs: number,
): { link: LinkView; cell: MatrixCell }[] {
  return network.links
    .map((link) => ({ link, cell: prepareCell(link, metric, nowMs) }))
    .sort((a, b) => {
      const [left, right] = [badness(a.cell), badness(b.cell)]
      return left === right
        ? `${a.link.from}${a.link.to}`.localeCompare(`${b.link.from}${b.link.to}`)
        : right > left
          ? 1
          : -1
    })
}

/** The status of a link by the chosen metric: slow from one and a half times its budget on. */
export function cellStatus(cell: MatrixCell): Status {
  if (cell.kind === 'down') return 'crit'
  if (cell.kind === 'answers') return 'warn'
  if (cell.kind !== 'up') return 'unknown'
  return cell.step !== null && cell.step >= 4 ? 'warn' : 'ok'
}

/** What the cell says in words, for those who do not see its colour and glyph. */
export function sayCell(cell: MatrixCell, metric: LatencyMetric): string {
  if (cell.kind === 'self') return 'same region'
  if (cell.kind === 'up') {
    const budget = cell.ratio === null ? 'no budget' : `${cell.ratio.toFixed(2)} times its budget`
    const asymmetry = cell.link.asymmetric ? ', differs from the way back by more than 20 %' : ''
    return `${metric} ${cell.valueMs.toPrecision(3)} ms, ${budget}${asymmetry}`
  }
  if (cell.kind === 'last-known') return `last known ${cell.valueMs.toPrecision(3)} ms, not heard any more`
  if (cell.kind === 'answers') return `the way works, but no read comes back: ${cell.says}`
  return cellWords[cell.kind]
}

export const cellWords = {
  down: 'down',
  'probe-missing': 'no probe: nobody measures this pair',
  'not-established': 'not established yet: no probe has finished',
  'no-sample': 'no sample: no read came back in this window',
} as const

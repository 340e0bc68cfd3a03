import type { DrillKind, DrillRun } from '@/model/schemas/drills'
import type { Series } from '../charts/prepare-time-series'

export type HistoryChart = {
  series: Series[]
  window: { fromMs: number; toMs: number }
  objectives: DrillRun['objectives']
}

const DAY_MS = 86_400_000
const names = { 'drill-clone': 'On a clone', 'drill-switchover': 'Live, there and back' } as const satisfies Record<
  DrillKind,
  string
>

/** Pure: the measured times of one cell's runs, a line a kind. A run without a measurement is a gap. Null: fewer than two runs. */
export function prepareHistory(runs: readonly DrillRun[], measure: 'rtoMs' | 'rpoMs'): HistoryChart | null {
  const ended = runs
    .filter(({ outcome }) => outcome !== 'running')
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
  const [first, last] = [ended[0], ended.at(-1)]
  if (!first || !last || first === last) return null
  const [firstMs, lastMs] = [Date.parse(first.startedAt), Date.parse(last.startedAt)]
  const marginMs = Math.min(DAY_MS, Math.max(60_000, (lastMs - firstMs) * 0.02))
  return {
    series: (Object.keys(names) as DrillKind[])
      .map((kind) => ({
        id: kind,
        label: names[kind],
        points: ended.filter((run) => run.kind === kind).map((run) => ({ at: run.startedAt, value: run[measure] })),
      }))
      .filter(({ points }) => points.length > 0),
    window: { fromMs: firstMs - marginMs, toMs: lastMs + marginMs },
    objectives: last.objectives,
  }
}

import { invariant } from '@/model/invariant'
import type { SeriesPoint } from '@/model/schemas/common'

/** One line of a chart. At most five to a chart: more are small multiples. */
export type Series = { id: string; label: string; points: readonly SeriesPoint[] }

const SERIES_MAX = 5

/** A row to each instant; a missing value is null and drawn as a gap. */
export type ChartRow = { atMs: number } & Record<string, number | null>

export type PreparedChart = {
  rows: ChartRow[]
  valueMax: number
  ticks: number[]
  /** From where no series has a sample any more, when that is before the end of the window. */
  silentFromMs: number | null
  ends: { id: string; label: string; value: number }[]
}

const SILENT_AFTER_SPACINGS = 3

export function prepareTimeSeries(
  series: readonly Series[],
  { fromMs, toMs, threshold, valueMax }: { fromMs: number; toMs: number; threshold: number | null; valueMax?: number },
): PreparedChart {
  invariant(series.length <= SERIES_MAX, `A chart of ${series.length} lines cannot be read.`)
  const rows = mergeRows(series, fromMs, toMs)
  const heard = rows.filter((row) => series.some(({ id }) => typeof row[id] === 'number'))
  const lastMs = heard.at(-1)?.atMs ?? null
  const spacingMs = rows.length > 1 ? rows[1]!.atMs - rows[0]!.atMs : 0
  const isSilent = lastMs === null || toMs - lastMs > SILENT_AFTER_SPACINGS * spacingMs
  return {
    rows,
    valueMax: valueMax ?? niceCeiling(highestOf(series, threshold)),
    ticks: timeTicks(fromMs, toMs),
    silentFromMs: isSilent ? (lastMs ?? fromMs) : null,
    ends: series.flatMap(({ id, label, points }) => {
      const last = points.findLast(({ value }) => value !== null)
      return last?.value == null ? [] : [{ id, label, value: last.value }]
    }),
  }
}

function mergeRows(series: readonly Series[], fromMs: number, toMs: number): ChartRow[] {
  const byInstant = new Map<number, ChartRow>()
  for (const { id, points } of series) {
    for (const { at, value } of points) {
      const atMs = Date.parse(at)
      if (atMs < fromMs || atMs > toMs) continue
      const row = byInstant.get(atMs) ?? { atMs }
      row[id] = value
      byInstant.set(atMs, row)
    }
  }
  return [...byInstant.values()].sort((a, b) => a.atMs - b.atMs)
}

/** The highest value, and the threshold when the values come near enough for it to share the axis. */
export function highestOf(series: readonly Series[], threshold: number | null): number {
  const highest = Math.max(0, ...series.flatMap(({ points }) => points.map(({ value }) => value ?? 0)))
  return threshold !== null && highest > threshold / 4 ? Math.max(highest, threshold) : highest
}

/** 1, 2 or 5 times a power of ten, at or above the value, with some air. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1
  const airy = value * 1.05
  const power = 10 ** Math.floor(Math.log10(airy))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= airy)
  return (step ?? 10) * power
}

const TICK_STEPS_MS = [
  60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000,
]
const TICKS_MAX = 6

/** Round instants in UTC. */
export function timeTicks(fromMs: number, toMs: number): number[] {
  const stepMs = TICK_STEPS_MS.find((step) => (toMs - fromMs) / step <= TICKS_MAX) ?? 86_400_000
  const ticks: number[] = []
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs; atMs += stepMs) ticks.push(atMs)
  return ticks
}

/** Pixel positions of the labels at the line ends, pushed apart so that none covers another; order by value is kept. */
export function spreadLabels(wanted: readonly number[], gap: number, limit: number): number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y)
  let floor = 0
  for (const label of order) {
    label.y = Math.max(label.y, floor)
    floor = label.y + gap
  }
  let ceiling = limit
  for (const label of order.toReversed()) {
    label.y = Math.min(label.y, ceiling)
    ceiling = label.y - gap
  }
  const placed = new Array<number>(wanted.length).fill(0)
  for (const { y, index } of order) placed[index] = y
  return placed
}

import type { SeriesPoint } from '@/model/schemas/common'

/** The shapes of a sparkline, in its own pixels. Gaps break the line; nothing is drawn where nothing was seen. */
export type Sparkline = {
  /** One path per unbroken run of samples. */
  runs: string[]
  /** Samples without a neighbour: a path cannot show them. */
  dots: { x: number; y: number }[]
  thresholdY: number | null
  /** Where the samples end, when they end before the window does; hatched from there. */
  silentFromX: number | null
  last: { x: number; y: number } | null
}

export type SparklineFacts = {
  last: number | null
  min: number | null
  max: number | null
  gapCount: number
  trend: 'rising' | 'falling' | 'steady' | null
}

type Frame = {
  width: number
  height: number
  fromMs: number
  toMs: number
  threshold: number | null
  valueMax?: number
}

const EDGE = 2

/**
 * @param frame window in ms since 1970 and size in pixels; `valueMax` gives several sparklines one shared y axis, which
 * starts at zero.
 */
export function prepareSparkline(points: readonly SeriesPoint[], frame: Frame): Sparkline {
  const { width, height, fromMs, toMs, threshold } = frame
  const top = frame.valueMax ?? niceMax(points, threshold)
  const x = (atMs: number) => round(((atMs - fromMs) / (toMs - fromMs)) * (width - 2 * EDGE) + EDGE)
  const y = (value: number) => round(height - EDGE - (Math.min(value, top) / top) * (height - 2 * EDGE))
  const inside = points.filter(({ at }) => Date.parse(at) >= fromMs && Date.parse(at) <= toMs)
  const runs: { x: number; y: number }[][] = [[]]
  for (const { at, value } of inside) {
    if (value === null) runs.push([])
    else runs.at(-1)!.push({ x: x(Date.parse(at)), y: y(value) })
  }
  const last = runs.flat().at(-1) ?? null
  const spacing = inside.length > 1 ? x(Date.parse(inside[1]!.at)) - x(Date.parse(inside[0]!.at)) : 0
  const isSilent = last === null || width - EDGE - last.x > SILENT_AFTER_SPACINGS * Math.max(spacing, 1)
  return {
    runs: runs.filter((run) => run.length > 1).map((run) => `M${run.map((dot) => `${dot.x} ${dot.y}`).join('L')}`),
    dots: runs.filter((run) => run.length === 1).flat(),
    thresholdY: threshold === null || threshold > top ? null : y(threshold),
    silentFromX: isSilent ? (last?.x ?? EDGE) : null,
    last,
  }
}

const SILENT_AFTER_SPACINGS = 3

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}

/** The top of the axis: a little above the highest value, and at least the threshold, so that distance to it shows. */
export function niceMax(points: readonly SeriesPoint[], threshold: number | null): number {
  const highest = Math.max(0, ...points.map(({ value }) => value ?? 0))
  const floor = threshold !== null && highest > threshold / 4 ? threshold * 1.1 : 0
  return Math.max(highest * 1.15, floor) || 1
}

export function readSparkline(points: readonly SeriesPoint[]): SparklineFacts {
  const values = points.map(({ value }) => value).filter((value) => value !== null)
  const gapCount = points.filter(
    ({ value }, index) => value === null && (index === 0 || points[index - 1]?.value !== null),
  ).length
  if (values.length === 0) return { last: null, min: null, max: null, gapCount, trend: null }
  return { last: values.at(-1)!, min: Math.min(...values), max: Math.max(...values), gapCount, trend: trendOf(values) }
}

/** First third against last third: a difference under a fifth is noise. */
function trendOf(values: readonly number[]): SparklineFacts['trend'] {
  if (values.length < 6) return null
  const third = Math.floor(values.length / 3)
  const before = mean(values.slice(0, third))
  const after = mean(values.slice(-third))
  if (Math.abs(after - before) <= 0.2 * Math.max(before, after)) return 'steady'
  return after > before ? 'rising' : 'falling'
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** What a chart says to those who do not see it: trend, range, last, threshold, gaps. */
export function sayChart(
  name: string,
  points: readonly SeriesPoint[],
  format: (value: number) => string,
  threshold: { value: number; name: string } | null,
): string {
  const { last, min, max, gapCount, trend } = readSparkline(points)
  if (last === null || min === null || max === null) return `${name}: no sample in this window.`
  const crossed = threshold && (max > threshold.value ? 'was crossed' : 'was not crossed')
  return [
    `${name}: last ${format(last)}, between ${format(min)} and ${format(max)}${trend ? `, ${trend}` : ''}.`,
    threshold && `${threshold.name} of ${format(threshold.value)} ${crossed}.`,
    gapCount > 0 && `${gapCount} ${gapCount === 1 ? 'gap' : 'gaps'} without samples.`,
  ]
    .filter(Boolean)
    .join(' ')
}

import type { SeriesPoint } from '@/model/schemas/common'

export type SeriesStep = { step: number; low: number | null; high: number | null; hasGap: boolean }

/**
 * Points of a chart from steps that keep extremes: lowest, highest and, where something in the step was unknown, a gap. A
 * step without any reading is a gap as well, never a line across it. Within a step the order of the points is not that of
 * the readings. At most three points a step.
 */
export function prepareExtremes(
  steps: readonly SeriesStep[],
  frame: { from: Date; stepMs: number; stepCount: number },
): SeriesPoint[] {
  const byStep = new Map(steps.map((step) => [step.step, step]))
  const points: SeriesPoint[] = []
  for (let index = 0; index < frame.stepCount; index++) {
    const startMs = frame.from.getTime() + index * frame.stepMs
    const at = (share: number) => new Date(startMs + share * frame.stepMs).toISOString()
    const step = byStep.get(index)
    if (!step || step.low === null || step.high === null) {
      points.push({ at: at(0.5), value: null })
      continue
    }
    points.push({ at: at(0.25), value: step.low })
    if (step.high !== step.low) points.push({ at: at(0.5), value: step.high })
    if (step.hasGap) points.push({ at: at(0.75), value: null })
  }
  return withoutRepeatedGaps(points)
}

/** One value a step: steps that are absent become gaps. */
export function prepareSteps(
  values: ReadonlyMap<number, number | null>,
  frame: { fromMs: number; toMs: number; stepMs: number },
): SeriesPoint[] {
  const points: SeriesPoint[] = []
  for (let atMs = frame.fromMs; atMs < frame.toMs; atMs += frame.stepMs)
    points.push({ at: new Date(atMs).toISOString(), value: values.get(atMs) ?? null })
  return points
}

/** Of a run of gaps only the first and the last say anything. */
function withoutRepeatedGaps(points: readonly SeriesPoint[]): SeriesPoint[] {
  return points.filter(
    (point, index) => point.value !== null || points[index - 1]?.value !== null || points[index + 1]?.value !== null,
  )
}

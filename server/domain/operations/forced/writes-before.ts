import { WRITE_RATE_WINDOW_MS } from '../limits'
import { type CellWorld, sourceOf } from '../world/cell-world'

type Period = CellWorld['acknowledged'][number]

/**
 * Accepted writes a second in the last minute in which the writer answered and at no time more failed than was acknowledged: what
 * its successor has to carry. The rate of now would be that of the outage. Null when no such minute was counted. Pure.
 */
export function writesBefore(world: CellWorld): number | null {
  const source = sourceOf(world)
  if (source?.finding.name === 'ServerHealthy') return world.writesPerSecond
  const answeredAtMs = source?.lastAnswerAtMs ?? world.nowMs
  const ends = world.acknowledged.map(({ toMs }) => toMs).filter((toMs) => toMs <= answeredAtMs)
  for (const endMs of ends.reverse()) {
    const minute = world.acknowledged.filter(
      ({ fromMs, toMs }) => toMs <= endMs && fromMs >= endMs - WRITE_RATE_WINDOW_MS,
    )
    if (minute.every(({ count, failedCount }) => failedCount <= count)) return rateOf(minute)
  }
  return null
}

/** To a tenth a second. */
function rateOf(periods: readonly Period[]): number {
  const acknowledged = periods.reduce((sum, { count }) => sum + count, 0)
  const spanMs = periods.at(-1)!.toMs - periods[0]!.fromMs
  return Math.round(acknowledged / (spanMs / 10_000)) / 10
}

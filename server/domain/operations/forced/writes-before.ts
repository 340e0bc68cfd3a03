import { WRITE_RATE_WINDOW_MS } from '../limits'
import { type CellWorld, sourceOf } from '../world/cell-world'

/**
 * Accepted writes a second in the last minute in which the writer answered: what its successor has to carry. The rate of now
 * would be that of the outage. Null when nobody counted, or when more failed than was acknowledged. Pure.
 */
export function writesBefore(world: CellWorld): number | null {
  const source = sourceOf(world)
  if (source?.finding.name === 'ServerHealthy') return world.writesPerSecond
  const endMs = source?.lastAnswerAtMs ?? world.nowMs
  const before = world.acknowledged.filter(
    (bucket) => bucket.toMs <= endMs && bucket.fromMs >= endMs - WRITE_RATE_WINDOW_MS,
  )
  if (before.length === 0) return null
  const failedCount = before.reduce((sum, bucket) => sum + bucket.failedCount, 0)
  const acknowledged = before.reduce((sum, { count }) => sum + count, 0)
  if (failedCount > acknowledged) return null
  const spanMs = before.at(-1)!.toMs - before[0]!.fromMs
  return Math.round(acknowledged / (spanMs / 10_000)) / 10
}

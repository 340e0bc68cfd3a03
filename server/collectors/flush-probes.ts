import { recordProbeCounts, recordProbes } from '@/server/domain/telemetry'
import type { Activation, CollectorContext } from './context'

export const FLUSH_INTERVAL_MS = 500

/**
 * Writes what the prober has seen. Newest results that could not be written are given back; counts are not, because a
 * statement whose outcome is unknown may have added them: a bucket may miss probes, but never counts one twice.
 */
export async function flushProbes(context: CollectorContext, which: 'ended' | 'all' = 'ended'): Promise<Activation> {
  const { board, clock, db } = context
  const results = board.takeNewest()
  try {
    const { turnedCount } = await recordProbes(db, results)
    if (turnedCount > 0) context.news.hasTurned = true
  } catch (error) {
    board.giveBack(results)
    throw error
  }
  const counts = board.takeBuckets(clock.now().getTime(), which)
  await recordProbeCounts(db, counts)
  if (results.length > 0) context.news.isWaiting = true
  return { says: `Recorded ${results.length} results and ${counts.length} counts.` }
}

import { holdLease } from '@/server/db'
import { retainSamples } from '@/server/domain/telemetry'
import type { Activation, CollectorContext } from './context'

export const RETENTION_INTERVAL_MS = 60_000

/** Deletes samples that are past their time, a bounded batch at each turn. One worker at a time. */
export async function collectRetention({ db, clock, process }: CollectorContext): Promise<Activation> {
  const lease = await holdLease(db, { name: 'retention', holder: process.id, ttlMs: 2 * RETENTION_INTERVAL_MS })
  if (!lease) return { says: 'Another worker deletes old samples.' }
  const { deletedCount, isComplete } = await retainSamples(db, clock.now())
  return { says: `Deleted ${deletedCount} old samples${isComplete ? '' : '; there are more'}.` }
}

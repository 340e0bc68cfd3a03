import { CLOCK_READING_MS } from '../forced/limits'

/** What the journal of a failover and the returned server say about the time that was lost; null is not known. */
export type LossSight = {
  lostWriteCount: number
  /** The target had replayed the fence before it was promoted. */
  isComplete: boolean
  /** By our clock: the newest heartbeat that the promoted server held, and the newest one that the former primary took. */
  keptHeartbeatAt: Date | null
  lastHeartbeatAt: Date | null
}

/**
 * Pure: seconds that were lost at the least, counted as the bound is, from the newest heartbeat that came over. Heartbeats are
 * writes like any other: the newest that only the former primary holds is lost, and what it acknowledged after that may be
 * too. At the most it is the bound. Null: not known.
 */
export function decideActualLoss({
  lostWriteCount,
  isComplete,
  keptHeartbeatAt,
  lastHeartbeatAt,
}: LossSight): number | null {
  if (lostWriteCount === 0) return 0
  if (isComplete || keptHeartbeatAt === null || lastHeartbeatAt === null) return null
  const surelyMs = lastHeartbeatAt.getTime() - keptHeartbeatAt.getTime() - CLOCK_READING_MS
  return Math.max(0, Math.floor(surelyMs / 100) / 10)
}

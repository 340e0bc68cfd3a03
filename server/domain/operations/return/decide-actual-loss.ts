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

/** The bound is rounded up to this. */
const ROUNDED_TO_MS = 100

/**
 * Pure: the latest moment at which the newest heartbeat was written that the promoted server held. The failover noted the bound
 * and its end, of which the one is the other minus that heartbeat, with room for reading clocks.
 */
export function keptHeartbeatOf(journal: {
  lastAckAt: string | null
  closedAt: string | null
  lossSeconds: number | null
}): Date | null {
  const ends = [journal.lastAckAt, journal.closedAt].flatMap((end) => (end === null ? [] : [Date.parse(end)]))
  if (ends.length === 0 || journal.lossSeconds === null) return null
  const missingMs = Math.round(journal.lossSeconds * 1_000) - CLOCK_READING_MS
  if (missingMs <= 0) return null // it may be any later one
  return new Date(Math.min(...ends) - missingMs + ROUNDED_TO_MS)
}

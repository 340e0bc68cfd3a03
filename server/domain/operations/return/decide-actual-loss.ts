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
 * Pure. Heartbeats are writes like any other, so the time between the newest that came over and the newest that was taken is how
 * much was really lost, as exact as heartbeats are frequent. Lost writes within one heartbeat have no length: null, never zero.
 */
export function decideActualLoss({
  lostWriteCount,
  isComplete,
  keptHeartbeatAt,
  lastHeartbeatAt,
}: LossSight): number | null {
  if (lostWriteCount === 0) return 0
  if (isComplete || keptHeartbeatAt === null || lastHeartbeatAt === null) return null
  const seconds = Math.ceil((lastHeartbeatAt.getTime() - keptHeartbeatAt.getTime()) / 100) / 10
  return seconds > 0 ? seconds : null
}

/**
 * Pure: when the newest heartbeat was written that the promoted server held. The failover noted the bound and its end, of which the
 * one is the other minus that heartbeat.
 */
export function keptHeartbeatOf(journal: {
  lastAckAt: string | null
  closedAt: string | null
  lossSeconds: number | null
}): Date | null {
  const ends = [journal.lastAckAt, journal.closedAt].flatMap((end) => (end === null ? [] : [Date.parse(end)]))
  if (ends.length === 0 || journal.lossSeconds === null) return null
  return new Date(Math.min(...ends) - journal.lossSeconds * 1_000)
}

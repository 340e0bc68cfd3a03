import type { MemberTarget } from '@/server/domain/estate'
import { isFresh, type LagRecord, MEMBER_INTERVAL_MS, recordLags } from '@/server/domain/telemetry'
import type { MemberReport } from '@/server/engines/contract'
import type { Activation, CollectorContext } from './context'

/**
 * Records the lag of every standby from what it and its cell's writer said at the last look. A standby that nobody could
 * ask is a reading with everything unknown: not a gap, and not a zero.
 *
 * The heartbeat's age never falls below the time since the last heartbeat was written: every vantage writes one at each
 * probe interval, so with few vantages a perfect standby still shows up to PROBE_INTERVAL_MS.
 */
export async function collectLag(context: CollectorContext): Promise<Activation> {
  const { db, endpoints, held, homeVantage, engines } = context
  if (!held.holds(homeVantage)) return { says: `Another worker observes from ${homeVantage}.` }
  const members = await endpoints.targets()
  const writers = new Map(members.filter((member) => member.isActive).map((member) => [member.cellId, member]))
  const records = members
    .filter((member) => !member.isActive)
    .map((standby) => readingOf(context, standby, writers.get(standby.cellId)))
  await recordLags(db, records)
  const unknown = records.filter((record) => record.state === 'unknown' || record.state === 'disconnected')
  return { says: `Read the lag of ${records.length} standbys; ${unknown.length} unknown or disconnected.` }

  function readingOf(from: CollectorContext, standby: MemberTarget, writer: MemberTarget | undefined): LagRecord {
    const seen = lastReport(from, standby.memberId)
    const source = writer ? lastReport(from, writer.memberId).report : notSeen
    const { state, bytes, heartbeatAgeMs, engineLagMs } = engines.for(standby.engine).decideLag(source, seen.report)
    const sourceMember = writer?.memberId ?? standby.memberId
    return {
      sampledAt: seen.observedAt,
      sourceMember,
      targetMember: standby.memberId,
      state,
      bytes,
      heartbeatAgeMs,
      engineLagMs,
    }
  }
}

const notSeen: MemberReport = { reachable: false, detail: 'Not observed lately.' }

/** A report that has grown old says nothing about now. */
function lastReport(
  { reports, clock }: CollectorContext,
  memberId: string,
): { report: MemberReport; observedAt: Date } {
  const now = clock.now()
  const last = reports.get(memberId)
  return last && isFresh(last.observedAt, now.getTime(), MEMBER_INTERVAL_MS)
    ? last
    : { report: notSeen, observedAt: now }
}

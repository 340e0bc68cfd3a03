import type { MemberTarget } from '@/server/domain/estate'
import { isFresh, LAG_INTERVAL_MS, type LagRecord, MEMBER_INTERVAL_MS, recordLags } from '@/server/domain/telemetry'
import type { MemberReport } from '@/server/engines/contract'
import type { Activation, CollectorContext } from './context'

/** Soon after each look, so that a reading is hardly older than the look it is made from. */
export const LAG_TICK_MS = 500

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
    .filter((record) => context.lagSampledAt.get(record.targetMember) !== record.sampledAt.getTime())
  await recordLags(db, records)
  for (const record of records) context.lagSampledAt.set(record.targetMember, record.sampledAt.getTime())
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

/** A report that has grown old says nothing about now; one reading an interval says so. */
function lastReport(
  { reports, clock }: CollectorContext,
  memberId: string,
): { report: MemberReport; observedAt: Date } {
  const nowMs = clock.now().getTime()
  const last = reports.get(memberId)
  if (last && isFresh(last.observedAt, nowMs, MEMBER_INTERVAL_MS)) return last
  return { report: notSeen, observedAt: new Date(Math.floor(nowMs / LAG_INTERVAL_MS) * LAG_INTERVAL_MS) }
}

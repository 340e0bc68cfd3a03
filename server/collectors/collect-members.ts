import type { Endpoints, MemberTarget } from '@/server/domain/estate'
import { type MemberRecord, recordMembers } from '@/server/domain/telemetry'
import type { MemberReport } from '@/server/engines/contract'
import type { Activation, CollectorContext } from './context'
import { mapWithLimit } from './map-with-limit'

const OBSERVED_AT_ONCE_MAX = 32
/** Below MEMBER_INTERVAL_MS, so that one member that never answers does not make the others look stale. */
const OBSERVE_TIMEOUT_MS = 1_800

/** Asks every member what it is, from the console's own region. One that does not answer is recorded as unreachable. */
export async function collectMembers(context: CollectorContext): Promise<Activation> {
  const { db, endpoints, held, homeVantage, reports, clock } = context
  if (!held.holds(homeVantage)) {
    reports.clear()
    return { says: `Another worker observes from ${homeVantage}.` }
  }
  const members = await endpoints.targets()
  const records = await mapWithLimit(members, OBSERVED_AT_ONCE_MAX, async (member): Promise<MemberRecord> => {
    const report = await observe(context, member)
    const upstreamMember = await findUpstream(endpoints, member, members, report)
    return { memberId: member.memberId, vantageRegion: homeVantage, observedAt: clock.now(), upstreamMember, report }
  })
  if (context.signal.aborted) return { says: 'Stopped while observing.' }
  reports.clear()
  for (const { memberId, report, observedAt } of records) reports.set(memberId, { report, observedAt })
  await recordMembers(db, records)
  context.news.isWaiting = true
  const unreachable = records.filter(({ report }) => !report.reachable).map(({ memberId }) => memberId)
  return {
    says: `Observed ${records.length} members${unreachable.length > 0 ? `; no answer from ${unreachable.join(', ')}` : ''}.`,
  }
}

async function observe(
  { endpoints, engines, homeVantage, signal }: CollectorContext,
  member: MemberTarget,
): Promise<MemberReport> {
  try {
    const endpoint = await endpoints.endpoint(member.memberId, homeVantage)
    return await engines.for(member.engine).observe(endpoint, member.scope, { timeoutMs: OBSERVE_TIMEOUT_MS, signal })
  } catch (error) {
    return { reachable: false, detail: error instanceof Error ? error.message : 'unknown' }
  }
}

/** The member of the same cell whose address, as seen from the standby's region, is the one it receives from. */
async function findUpstream(
  endpoints: Endpoints,
  member: MemberTarget,
  members: readonly MemberTarget[],
  report: MemberReport,
): Promise<string | null> {
  const port = report.reachable ? (report.receiver?.upstreamPort ?? null) : null
  if (port === null) return null
  for (const other of members.filter((o) => o.cellId === member.cellId && o.memberId !== member.memberId)) {
    const seen = await endpoints.endpoint(other.memberId, member.region).catch(() => null)
    if (seen?.port === port) return other.memberId
  }
  return null
}

import { setTimeout as wait } from 'node:timers/promises'
import type { Endpoints, MemberTarget } from '@/server/domain/estate'
import { type MemberRecord, recordMembers } from '@/server/domain/telemetry'
import type { MemberReport } from '@/server/engines/contract'
import type { Activation, CollectorContext } from './context'

const LOOKS_UNDER_WAY_MAX = 64
/** Long enough to sign in over the longest way; see PROBE_TIMEOUT_MS. */
const OBSERVE_TIMEOUT_MS = 3_000
/** An activation waits this long for answers. Who takes longer is recorded at the next one and holds up nobody. */
const WAIT_MS_MAX = 1_500

/** Asks every member what it is, from the console's own region. One that does not answer is recorded as unreachable. */
export async function collectMembers(context: CollectorContext): Promise<Activation> {
  const { db, endpoints, held, homeVantage, looks, reports } = context
  if (!held.holds(homeVantage)) {
    reports.clear()
    return { says: `Another worker observes from ${homeVantage}.` }
  }
  const members = await endpoints.targets()
  const idle = members.filter((member) => !looks.underWay.has(member.memberId))
  const started = idle
    .slice(0, LOOKS_UNDER_WAY_MAX - looks.underWay.size)
    .map((member) => look(context, member, members))
  await waitAtMost(Promise.all(started), WAIT_MS_MAX)
  if (context.signal.aborted) return { says: 'Stopped while observing.' } // cut short by our own stop: says nothing
  const records = newestOfEach(looks.finished.splice(0))
  for (const { memberId, report, observedAt } of records) reports.set(memberId, { report, observedAt })
  await recordMembers(db, records)
  if (records.length > 0) context.news.isWaiting = true
  const silent = records.filter(({ report }) => !report.reachable).map(({ memberId }) => memberId)
  return {
    says: `Observed ${records.length} members${silent.length > 0 ? `; no answer from ${silent.join(', ')}` : ''}.`,
  }
}

/** A late look and the next one may finish in one activation: one statement cannot write the same member twice. */
function newestOfEach(records: readonly MemberRecord[]): MemberRecord[] {
  return [...new Map(records.map((record) => [record.memberId, record])).values()]
}

/** Never rejects. */
async function look(context: CollectorContext, member: MemberTarget, members: readonly MemberTarget[]): Promise<void> {
  const { endpoints, homeVantage: vantageRegion, looks, clock } = context
  const { memberId } = member
  looks.underWay.add(memberId)
  try {
    const report = await observe(context, member)
    const observedAt = clock.now()
    const upstreamMember = await findUpstream(endpoints, member, members, report)
    looks.finished.push({ memberId, vantageRegion, observedAt, upstreamMember, report })
  } finally {
    looks.underWay.delete(memberId)
  }
}

async function waitAtMost(work: Promise<unknown>, forMs: number): Promise<void> {
  const waiting = new AbortController()
  await Promise.race([work, wait(forMs, undefined, { signal: waiting.signal }).catch(() => {})])
  waiting.abort()
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

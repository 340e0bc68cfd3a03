import type { LagState } from '@/model/observations'
import type { Db, Tx } from '@/server/db'
import { readFindings } from '../../telemetry'
import type { LagWorld, MemberReportWorld, MemberWorld } from './cell-world'

/** The name of the check in `readiness_evidence`, followed by the member's id. */
export const AGENT_CHECK = 'fencing-agent:'

/** Each server of a cell: what it last said of itself, what every vantage says of it, and whether it could be switched off. */
export async function readMembers(
  db: Db | Tx,
  cellId: string,
  members: readonly { id: string; regionCode: string; writesMax: number | null }[],
  now: Date,
): Promise<MemberWorld[]> {
  const ids = members.map((member) => member.id)
  const findings = await readFindings(db, now, { cellId })
  const signs = await readSigns(db, ids)
  const agents = await readAgents(db, cellId)
  const reports = await db.memberObservation.findMany({ where: { memberId: { in: ids } } })
  const reads = await db.probeObservation.findMany({ where: { memberId: { in: ids }, kind: 'read' } })
  const lags = await db.lagSample.findMany({
    where: { targetMember: { in: ids } },
    orderBy: [{ targetMember: 'asc' }, { sampledAt: 'desc' }],
    distinct: ['targetMember'],
  })
  return members.map(({ id, regionCode, writesMax }) => {
    const report = reports.find((each) => each.memberId === id)
    const lag = lags.find((each) => each.targetMember === id)
    const read = reads.find((each) => each.memberId === id && each.vantageRegion === report?.vantageRegion)
    return {
      id,
      region: regionCode,
      report: report ? reportOf(report) : null,
      lag: lag ? lagOf(lag) : null,
      readRttMs: read?.lastOkMs ?? null,
      writesMax,
      finding: findings.get(id) ?? { name: 'NotObserved', says: `${id} is not observed.`, since: null, vantages: [] },
      lastAnswerAtMs: signs.get(id)?.lastAnswerAt?.getTime() ?? null,
      firstRefusalAtMs: signs.get(id)?.firstRefusalAt?.getTime() ?? null,
      agent: agents.get(id) ?? null,
    }
  })
}

/**
 * The last answer that any vantage had from each member, and the first refusal by its host since: a refusal counts where
 * nothing lies in between that could refuse in its place. Later is the safe side: it is when the newest row of refusals began.
 */
export async function readSigns(
  db: Db | Tx,
  memberIds: readonly string[],
): Promise<Map<string, { lastAnswerAt: Date | null; firstRefusalAt: Date | null }>> {
  const rows = await db.$queryRaw<{ memberId: string; lastAnswerAt: Date | null; firstRefusalAt: Date | null }[]>`
    WITH answered AS (
      SELECT member_id, max(CASE WHEN outcome IN ('refused', 'error') THEN observed_at ELSE last_ok_at END) AS at
        FROM probe_observation WHERE member_id = ANY(${memberIds}) GROUP BY member_id)
    SELECT answered.member_id AS "memberId", answered.at AS "lastAnswerAt",
           (SELECT min(probe.outcome_since) FROM probe_observation AS probe JOIN cell_member AS member ON member.id = probe.member_id
             WHERE probe.member_id = answered.member_id AND probe.outcome = 'unreachable' AND probe.reach = 'refused'
               AND probe.outcome_since > answered.at
               AND (probe.vantage_region = member.region_code OR NOT EXISTS (
                 SELECT FROM member_path AS path
                  WHERE path.member_id = member.id AND path.vantage_region = probe.vantage_region))) AS "firstRefusalAt"
      FROM answered`
  return new Map(rows.map(({ memberId, ...signs }) => [memberId, signs]))
}

/** What the workers found when they last asked the fencing agents; see forced/watch-agents.ts. */
async function readAgents(db: Db | Tx, cellId: string): Promise<Map<string, NonNullable<MemberWorld['agent']>>> {
  const rows = await db.readinessEvidence.findMany({ where: { cellId, check: { startsWith: AGENT_CHECK } } })
  return new Map(
    rows.map(({ check, outcome, says, checkedAt }) => [
      check.slice(AGENT_CHECK.length),
      { isReady: outcome === 'passed', says, checkedAtMs: checkedAt.getTime() },
    ]),
  )
}

function reportOf(row: NonNullable<Awaited<ReturnType<Db['memberObservation']['findFirst']>>>): MemberReportWorld {
  const hasGate = row.gateStatus !== null && row.gateEpoch !== null && row.gateRegion !== null
  return {
    isReachable: row.state === 'reachable',
    detail: row.detail,
    role: row.role as MemberReportWorld['role'], // the database's CHECK is this list
    systemIdentifier: row.systemIdentifier,
    timeline: row.timeline,
    lsn: row.lsn,
    receivedLsn: row.receivedLsn,
    heartbeatAtMs: row.heartbeatAt?.getTime() ?? null,
    lastReachableAtMs: row.lastReachableAt?.getTime() ?? null,
    receiverStatus: row.receiverStatus,
    upstreamMember: row.upstreamMember,
    gate: hasGate ? { status: row.gateStatus!, epoch: row.gateEpoch!, region: row.gateRegion! } : null,
    unprotected: row.unprotected,
    preparedCount: row.preparedCount,
    clockSkewMs: row.clockSkewMs,
    vantage: row.vantageRegion,
    observedAtMs: row.observedAt.getTime(),
  }
}

function lagOf(row: NonNullable<Awaited<ReturnType<Db['lagSample']['findFirst']>>>): LagWorld {
  return {
    state: row.state as LagState, // the database's CHECK is this list
    sourceMember: row.sourceMember,
    bytes: row.bytes,
    heartbeatAgeMs: row.heartbeatAgeMs,
    sampledAtMs: row.sampledAt.getTime(),
  }
}

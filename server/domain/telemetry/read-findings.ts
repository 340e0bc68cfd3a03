import type { Finding } from '@/model/schemas/plans'
import type { Db, Tx } from '@/server/db'
import { decideFinding, type FindingSight } from './decide-finding'
import type { ProbeSeen } from './read-latest'

type MemberRow = Omit<FindingSight['member'], 'gateStatus'> & {
  cellId: string
  gateStatus: string | null
  epochChangedAt: Date
  leftAt: Date | null
  viaRelayFrom: string[]
}

/** The finding of every server of one cell, or of all cells, by the server's id; as of `now`. Two statements. */
export async function readFindings(
  db: Db | Tx,
  now: Date,
  { cellId }: { cellId?: string } = {},
): Promise<Map<string, Finding>> {
  const members = await readMemberRows(db, cellId ?? null)
  const probes = groupByMember(await readProbesOf(db, cellId ?? null))
  const cells = new Map<string, MemberRow[]>()
  for (const member of members) cells.set(member.cellId, [...(cells.get(member.cellId) ?? []), member])
  return new Map(
    members.map((member) => {
      const seen = probes.get(member.id) ?? []
      const sight: FindingSight = {
        member,
        epochChangedAt: member.epochChangedAt,
        leftAt: member.leftAt,
        probes: seen,
        closeVantages: closeVantagesOf(member, seen),
        others: (cells.get(member.cellId) ?? []).filter((other) => other !== member),
      }
      return [member.id, decideFinding(sight, now.getTime())]
    }),
  )
}

/** Inside a region nothing of ours lies in between; from elsewhere, only where no relay is declared for the way. */
function closeVantagesOf({ region, viaRelayFrom }: MemberRow, probes: readonly ProbeSeen[]): string[] {
  const vantages = [...new Set(probes.map((probe) => probe.vantageRegion))]
  return vantages.filter((vantage) => vantage === region || !viaRelayFrom.includes(vantage))
}

/** A server that did not answer keeps its last family and position, so that others can be held against them; never its role. */
function readMemberRows(db: Db | Tx, cellId: string | null): Promise<MemberRow[]> {
  return db.$queryRaw<MemberRow[]>`
    SELECT member.id, cell.id AS "cellId", member.region_code AS region, epoch.active_member = member.id AS "isActive",
           epoch.updated_at AS "epochChangedAt", coalesce(seen.state, 'unknown') AS state,
           CASE WHEN seen.state = 'reachable' THEN seen.role END AS role, seen.system_identifier AS "systemIdentifier",
           seen.timeline, seen.lsn, seen.receiver_status AS "receiverStatus",
           CASE WHEN seen.state = 'reachable' THEN seen.gate_status END AS "gateStatus",
           CASE WHEN seen.state = 'reachable' THEN seen.gate_epoch END AS "gateEpoch",
           CASE WHEN seen.state = 'reachable' THEN seen.gate_region END AS "gateRegion",
           CASE WHEN seen.state = 'reachable' THEN seen.gate_server END AS "gateServer",
           CASE WHEN seen.state = 'reachable' THEN seen.server_name END AS "serverName",
           CASE WHEN seen.state = 'reachable' THEN seen.gate_lease_until END AS "leaseUntil",
           coalesce(seen.unprotected, '{}') AS unprotected, seen.observed_at AS "observedAt",
           (SELECT max(stale.left_at) FROM stale_server AS stale WHERE stale.member_id = member.id
               AND stale.status NOT IN ('rebuilt', 'lost')) AS "leftAt",
           (SELECT coalesce(array_agg(path.vantage_region), '{}') FROM member_path AS path
             WHERE path.member_id = member.id) AS "viaRelayFrom"
      FROM cell_member AS member
      JOIN cell ON cell.id = member.cell_id
      JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope
      LEFT JOIN member_observation AS seen ON seen.member_id = member.id
     WHERE ${cellId}::text IS NULL OR cell.id = ${cellId}
     ORDER BY member.id`
}

function readProbesOf(db: Db | Tx, cellId: string | null): Promise<ProbeSeen[]> {
  return db.$queryRaw<ProbeSeen[]>`
    SELECT probe.vantage_region AS "vantageRegion", probe.member_id AS "memberId", probe.kind, probe.outcome, probe.reach,
           probe.latency_ms AS "latencyMs", probe.detail, probe.observed_at AS "observedAt",
           probe.outcome_since AS "outcomeSince", probe.last_ok_at AS "lastOkAt", probe.last_ok_ms AS "lastOkMs"
      FROM probe_observation AS probe JOIN cell_member AS member ON member.id = probe.member_id
     WHERE ${cellId}::text IS NULL OR member.cell_id = ${cellId}`
}

function groupByMember(probes: readonly ProbeSeen[]): Map<string, ProbeSeen[]> {
  const groups = new Map<string, ProbeSeen[]>()
  for (const probe of probes) {
    const group = groups.get(probe.memberId)
    if (group) group.push(probe)
    else groups.set(probe.memberId, [probe])
  }
  return groups
}

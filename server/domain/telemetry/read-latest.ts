import type { LagState, ProbeKind, ProbeOutcome, ProbeReach } from '@/model/observations'
import type { Db } from '@/server/db'

export type ProbeSeen = {
  vantageRegion: string
  memberId: string
  kind: ProbeKind
  outcome: ProbeOutcome
  reach: ProbeReach | null
  latencyMs: number | null
  detail: string | null
  observedAt: Date
  outcomeSince: Date
  lastOkAt: Date | null
  lastOkMs: number | null
}

/** The newest answer of every vantage, member and kind. CHECKs on the table keep `kind` and `outcome` inside their unions. */
export async function readProbes(db: Db): Promise<ProbeSeen[]> {
  return db.$queryRaw<ProbeSeen[]>`
    SELECT vantage_region AS "vantageRegion", member_id AS "memberId", kind, outcome, reach,
           latency_ms AS "latencyMs", detail, observed_at AS "observedAt", outcome_since AS "outcomeSince", last_ok_at AS "lastOkAt", last_ok_ms AS "lastOkMs"
      FROM probe_observation`
}

export type LagSeen = {
  sampledAt: Date
  sourceMember: string
  targetMember: string
  state: LagState
  bytes: bigint | null
  heartbeatAgeMs: number | null
  engineLagMs: number | null
}

/**
 * The newest lag reading of each member that is not a writer. Writers are left out of the question: for a member without
 * readings the planner walks the whole index on time (0.6 s over a day of samples).
 */
export async function readLatestLags(db: Db): Promise<LagSeen[]> {
  return db.$queryRaw<LagSeen[]>`
    SELECT newest.sampled_at AS "sampledAt", newest.source_member AS "sourceMember", newest.target_member AS "targetMember",
           newest.state, newest.bytes, newest.heartbeat_age_ms AS "heartbeatAgeMs", newest.engine_lag_ms AS "engineLagMs"
      FROM cell_member AS member
      JOIN cell ON cell.id = member.cell_id
      JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope AND epoch.active_member <> member.id
      CROSS JOIN LATERAL (SELECT * FROM lag_sample WHERE target_member = member.id
                           ORDER BY sampled_at DESC LIMIT 1) AS newest`
}

export type MemberSeen = {
  memberId: string
  state: 'reachable' | 'unreachable'
  role: 'primary' | 'standby' | null
  systemIdentifier: string | null
  timeline: number | null
  lsn: string | null
  receiverStatus: string | null
  gateStatus: string | null
  gateEpoch: bigint | null
  gateRegion: string | null
  gateServer: string | null
  gateLeaseUntil: Date | null
  serverName: string | null
  unprotected: string[]
  clockSkewMs: number | null
  serverVersion: string | null
  detail: string | null
  vantageRegion: string
  observedAt: Date
}

/** What each member last said of itself. */
export async function readMembers(db: Db): Promise<MemberSeen[]> {
  return db.$queryRaw<MemberSeen[]>`
    SELECT member_id AS "memberId", state, role, system_identifier AS "systemIdentifier", timeline, lsn,
           receiver_status AS "receiverStatus", gate_status AS "gateStatus", gate_epoch AS "gateEpoch",
           gate_region AS "gateRegion", gate_server AS "gateServer", gate_lease_until AS "gateLeaseUntil", server_name AS "serverName", unprotected, clock_skew_ms AS "clockSkewMs", server_version AS "serverVersion",
           detail, vantage_region AS "vantageRegion", observed_at AS "observedAt"
      FROM member_observation`
}

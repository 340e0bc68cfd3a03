import type { LagState } from '@/model/observations'
import { type Db, Prisma } from '@/server/db'
import type { MemberReport } from '@/server/engines/contract'

export type MemberRecord = {
  memberId: string
  vantageRegion: string
  observedAt: Date
  /** The member behind the receiver's address, where it could be told. */
  upstreamMember: string | null
  report: MemberReport
}

export type LagRecord = {
  sampledAt: Date
  sourceMember: string
  targetMember: string
  state: LagState
  bytes: bigint | null
  heartbeatAgeMs: number | null
  engineLagMs: number | null
}

/**
 * Keeps what each member last said of itself. An unreachable member keeps its last facts, dated by `last_reachable_at`:
 * a reader must look at `state` first, because a role or a position that nobody can see now is not current.
 */
export async function recordMembers(db: Db, records: readonly MemberRecord[]): Promise<void> {
  if (records.length === 0) return
  await db.$executeRaw`
    INSERT INTO member_observation AS known
      (member_id, state, role, system_identifier, timeline, lsn, receiver_status, upstream_member, gate_status, gate_epoch,
       gate_region, gate_server, gate_lease_until, server_name, received_lsn, heartbeat_at, unprotected, prepared_count, clock_skew_ms,
       server_version, detail, vantage_region, observed_at, last_reachable_at)
    SELECT "memberId", state, role, "systemIdentifier", timeline, lsn, "receiverStatus", "upstreamMember", "gateStatus",
           "gateEpoch"::bigint, "gateRegion", "gateServer", "gateLeaseUntil", "serverName", "receivedLsn",
           "heartbeatAt" - ${WRITER_SKEW_MS} * interval '1 millisecond', unprotected, "preparedCount", "clockSkewMs", "serverVersion", detail,
           "vantageRegion", "observedAt", CASE WHEN state = 'reachable' THEN "observedAt" END
      FROM jsonb_to_recordset(${JSON.stringify(records.map(toRow))}::jsonb) AS seen
           ("memberId" text, state text, role text, "systemIdentifier" text, timeline int, lsn text, "receiverStatus" text,
            "upstreamMember" text, "gateStatus" text, "gateEpoch" text, "gateRegion" text, "gateServer" text,
            "gateLeaseUntil" timestamptz, "serverName" text, "receivedLsn" text, "heartbeatAt" timestamptz, unprotected text[],
            "preparedCount" int, "clockSkewMs" float8, "serverVersion" text, detail text, "vantageRegion" text, "observedAt" timestamptz)
     ORDER BY 1
    ON CONFLICT (member_id) DO UPDATE SET
      state = EXCLUDED.state, detail = EXCLUDED.detail, vantage_region = EXCLUDED.vantage_region,
      observed_at = EXCLUDED.observed_at, last_reachable_at = coalesce(EXCLUDED.last_reachable_at, known.last_reachable_at),
      (role, system_identifier, timeline, lsn, receiver_status, upstream_member, gate_status, gate_epoch, gate_region,
       gate_server, gate_lease_until, server_name, received_lsn, heartbeat_at, unprotected, prepared_count, clock_skew_ms, server_version) = (SELECT heard.* FROM (
        SELECT EXCLUDED.role, EXCLUDED.system_identifier, EXCLUDED.timeline, EXCLUDED.lsn, EXCLUDED.receiver_status,
               EXCLUDED.upstream_member, EXCLUDED.gate_status, EXCLUDED.gate_epoch, EXCLUDED.gate_region, EXCLUDED.gate_server,
               EXCLUDED.gate_lease_until, EXCLUDED.server_name, EXCLUDED.received_lsn, EXCLUDED.heartbeat_at, EXCLUDED.unprotected,
               EXCLUDED.prepared_count, EXCLUDED.clock_skew_ms, EXCLUDED.server_version WHERE EXCLUDED.state = 'reachable'
        UNION ALL
        SELECT known.role, known.system_identifier, known.timeline, known.lsn, known.receiver_status,
               known.upstream_member, known.gate_status, known.gate_epoch, known.gate_region, known.gate_server,
               known.gate_lease_until, known.server_name, known.received_lsn, known.heartbeat_at, known.unprotected,
               known.prepared_count, known.clock_skew_ms, known.server_version WHERE EXCLUDED.state <> 'reachable') AS heard)
    WHERE known.observed_at <= EXCLUDED.observed_at`
}

/**
 * A heartbeat carries the clock of the server that wrote it, so it is set right by what that server's clock was last off by.
 * A writer that was never observed has no known skew, and none is assumed; a rule of its own refuses clocks that are far off.
 */
const WRITER_SKEW_MS = Prisma.sql`coalesce((
  SELECT writer.clock_skew_ms FROM cell_member AS member JOIN cell ON cell.id = member.cell_id
    JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope
    JOIN member_observation AS writer ON writer.member_id = epoch.active_member
   WHERE member.id = seen."memberId"), 0)`

function toRow({ report, ...record }: MemberRecord) {
  if (!report.reachable) return { ...record, state: 'unreachable', unprotected: [], detail: report.detail }
  return {
    ...record,
    state: 'reachable',
    role: report.role,
    systemIdentifier: report.systemIdentifier,
    timeline: report.timeline,
    lsn: report.lsn,
    receiverStatus: report.receiver?.status ?? null,
    gateStatus: report.gate?.status ?? null,
    gateEpoch: report.gate?.epoch.toString() ?? null,
    gateRegion: report.gate?.region ?? null,
    gateServer: report.gate?.server ?? null,
    gateLeaseUntil: report.gate?.leaseUntil ?? null,
    serverName: report.serverName,
    receivedLsn: report.receivedLsn,
    heartbeatAt: report.heartbeatAt,
    unprotected: report.unprotected,
    preparedCount: report.preparedTransactions.length,
    clockSkewMs: report.clockSkewMs,
    serverVersion: report.serverVersion,
    detail: report.warnings.length > 0 ? report.warnings.join(' ') : null,
  }
}

/** Appends one reading a standby. A repeated batch adds nothing. */
export async function recordLags(db: Db, records: readonly LagRecord[]): Promise<void> {
  if (records.length === 0) return
  await db.lagSample.createMany({ data: [...records], skipDuplicates: true })
}

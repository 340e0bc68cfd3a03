import { createHash } from 'node:crypto'
import { type LagState, SAMPLE_BUCKET_MS } from '@/model/observations'
import { activeOperationStates, type OperationState } from '@/model/states'
import type { Db, Tx } from '@/server/db'
import { catalogNow } from '@/server/db'
import { readFindings } from '../telemetry'
import { leaseEndsAt } from '../write-leases'
import type { CellWorld, LagWorld, LeaseWorld, MemberReportWorld, MemberWorld } from './cell-world'
import {
  ACKNOWLEDGED_BUCKETS_MAX,
  FACTS_AGE_MS_MAX,
  HOLDS_MAX,
  PAST_RUNS_MAX,
  TOP_TENANTS_MAX,
  WRITE_RATE_WINDOW_MS,
} from './limits'

/** Migrations that no longer touch the cell. Any other status is under way. */
const ENDED_MIGRATIONS = ['COMPLETED', 'ROLLED_BACK', 'FAILED']
export const SWITCHOVER_KIND = 'planned-switchover'
export const FAILOVER_KIND = 'forced-failover'
export const SWITCHOVER_DRILL_KIND = 'drill-switchover'
/** What moves the writer of a live cell with the old primary's help. */
const LOSSLESS_KINDS = [SWITCHOVER_KIND, SWITCHOVER_DRILL_KIND]
/** The step of a switchover whose undo moves the epoch. */
export const FENCE_STEP = 'fence-old-primary'

/**
 * Everything that planning and the judging of drift look at, read in one go. Null: there is no such cell. The
 * request or the operation that is being judged must not stand in its own way: it is left out.
 */
export async function readWorld(
  db: Db | Tx,
  cellId: string,
  { exceptRequestId, exceptOperationId }: { exceptRequestId?: string; exceptOperationId?: string } = {},
): Promise<CellWorld | null> {
  const cell = await db.cell.findUnique({ where: { id: cellId }, include: { members: { orderBy: { id: 'asc' } } } })
  if (!cell) return null
  const now = await catalogNow(db)
  const epoch = await db.regionWriteEpoch.findUnique({ where: { logicalScope: cell.scope } })
  const operations = await db.operation.findMany({
    where: {
      scope: cell.scope,
      status: { in: [...activeOperationStates] },
      ...(exceptOperationId && { id: { not: exceptOperationId } }),
    },
    select: { code: true, status: true },
  })
  const requests = await db.operationRequest.findMany({
    where: {
      scope: cell.scope,
      status: 'waiting',
      approveBy: { gt: now }, // an overdue one is over, whether or not the expiry job has said so yet
      ...(exceptRequestId && { id: { not: exceptRequestId } }),
    },
    select: { code: true },
  })
  const members = await readMembers(db, cell.id, cell.members, now)
  const lastAnswerAtMs = members.find((member) => member.id === epoch?.activeMember)?.lastAnswerAtMs ?? now.getTime()
  return {
    nowMs: now.getTime(),
    cell: {
      id: cell.id,
      scope: cell.scope,
      lagMsMax: cell.lagMsMax,
      rpoObjectiveMs: cell.rpoObjectiveMs,
      writeLeaseMs: cell.writeLeaseMs,
    },
    members,
    epoch: epoch && {
      activeMember: epoch.activeMember,
      activeRegion: epoch.activeRegion,
      epoch: epoch.epoch,
      status: epoch.status,
    },
    ...(await readTenants(db, cellId)),
    operations: operations.map(({ code, status }) => ({ code, status: status as OperationState })),
    requests,
    migrations: await readMigrations(db, cellId),
    otherCells: await readOtherCells(db, cellId, now),
    ...(await readPast(db, cell.scope)),
    writesPerSecond: await readWriteRate(db, cellId),
    holds: await readHolds(db, cellId, [...new Set(members.map((member) => member.region))], now),
    unacknowledgedFailover: await readUnacknowledged(db, cell.scope),
    lease: await readLease(db, cell.scope),
    acknowledged: await readAcknowledged(db, cellId, new Date(lastAnswerAtMs - 2 * WRITE_RATE_WINDOW_MS)),
  }
}

async function readMembers(
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
async function readSigns(
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

/** The name of the check in `readiness_evidence`, followed by the member's id. */
export const AGENT_CHECK = 'fencing-agent:'

/** A hold on a tenant holds the whole cell: its writer cannot move without the tenant. */
function readHolds(db: Db | Tx, cellId: string, regions: readonly string[], now: Date): Promise<CellWorld['holds']> {
  return db.$queryRaw<CellWorld['holds'][number][]>`
    SELECT hold.kind, hold.level, hold.subject, hold.reason FROM hold
     WHERE hold.released_at IS NULL AND (hold.ends_at IS NULL OR hold.ends_at > ${now})
       AND ((hold.level = 'cell' AND hold.subject = ${cellId})
         OR (hold.level = 'region' AND hold.subject = ANY(${regions}))
         OR (hold.level = 'tenant' AND EXISTS (SELECT FROM tenant_region_assignment AS tenant
              WHERE tenant.cell_id = ${cellId} AND tenant.tenant_id::text = hold.subject)))
     ORDER BY hold.placed_at LIMIT ${HOLDS_MAX}`
}

/** A failover that ended, either way, and that nobody has taken note of yet. One that changed nothing needs no rest. */
async function readUnacknowledged(db: Db | Tx, scope: string): Promise<CellWorld['unacknowledgedFailover']> {
  const last = await db.operation.findFirst({
    where: { scope, kind: FAILOVER_KIND, status: 'done', acknowledgedAt: null, finishedAt: { not: null } },
    select: { code: true, finishedAt: true },
    orderBy: { finishedAt: 'desc' },
  })
  return last?.finishedAt ? { code: last.code, finishedAtMs: last.finishedAt.getTime() } : null
}

async function readLease(db: Db | Tx, scope: string): Promise<LeaseWorld | null> {
  const end = await leaseEndsAt(db, scope)
  return end && { endsAtMs: end.at.getTime(), isFinal: end.basis === 'final' }
}

/** Ten seconds each, summed over the regions of the users. */
async function readAcknowledged(db: Db | Tx, cellId: string, since: Date): Promise<CellWorld['acknowledged']> {
  const rows = await db.$queryRaw<{ bucketAt: Date; count: bigint }[]>`
    SELECT bucket_at AS "bucketAt", sum(writes_acked) AS count FROM traffic_sample
     WHERE cell_id = ${cellId} AND bucket_at >= ${since}
     GROUP BY bucket_at ORDER BY bucket_at LIMIT ${ACKNOWLEDGED_BUCKETS_MAX}`
  return rows.map(({ bucketAt, count }) => ({
    fromMs: bucketAt.getTime(),
    toMs: bucketAt.getTime() + SAMPLE_BUCKET_MS,
    count: Number(count),
  }))
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

async function readTenants(
  db: Db | Tx,
  cellId: string,
): Promise<Pick<CellWorld, 'policies' | 'tenantCount' | 'topTenants' | 'tenantsDigest'>> {
  // Counted and hashed from the index alone, in its own order: 100,000 tenants in a few tens of milliseconds.
  const rows = await db.$queryRaw<
    (Omit<CellWorld['policies'][number], 'tenantCount'> & { tenantCount: bigint; ids: string })[]
  >`
    WITH covered AS (
      SELECT residency_policy, count(*) AS tenant_count,
             encode(sha256(convert_to(string_agg(tenant_id::text, '' ORDER BY tenant_id), 'UTF8')), 'hex') AS ids
        FROM tenant_region_assignment WHERE cell_id = ${cellId} GROUP BY residency_policy)
    SELECT p.policy_code AS code, p.version, p.allowed_regions AS "allowedRegions", p.data_classes AS "dataClasses",
           p.effective_from <= current_date AND (p.effective_to IS NULL OR p.effective_to > current_date) AS "isInForce",
           covered.tenant_count AS "tenantCount", covered.ids
      FROM covered JOIN residency_policy p ON p.policy_code = covered.residency_policy ORDER BY p.policy_code`
  const digest = createHash('sha256').update(
    rows.map(({ code, version, ids }) => `${code} ${version} ${ids}\n`).join(''),
  )
  const topTenants = await db.tenantRegionAssignment.findMany({
    where: { cellId },
    select: { tenantId: true, name: true },
    orderBy: { name: 'asc' },
    take: TOP_TENANTS_MAX,
  })
  return {
    policies: rows.map(({ ids, ...policy }) => ({ ...policy, tenantCount: Number(policy.tenantCount) })),
    tenantCount: await db.tenantRegionAssignment.count({ where: { cellId } }),
    topTenants,
    tenantsDigest: digest.digest('hex'),
  }
}

function readMigrations(db: Db | Tx, cellId: string): Promise<{ tenantId: string; status: string }[]> {
  return db.$queryRaw`
    SELECT m.tenant_id AS "tenantId", m.status FROM tenant_region_migration m
    JOIN tenant_region_assignment t ON t.tenant_id = m.tenant_id
    WHERE t.cell_id = ${cellId} AND m.status <> ALL(${ENDED_MIGRATIONS}) LIMIT 100`
}

async function readOtherCells(db: Db | Tx, cellId: string, now: Date): Promise<CellWorld['otherCells']> {
  const rows = await db.$queryRaw<
    { cellId: string; region: string; status: string; gateStatus: string | null; observedAt: Date | null }[]
  >`
    SELECT c.id AS "cellId", e.active_region AS region, e.status,
           CASE WHEN o.state = 'reachable' AND o.gate_epoch = e.epoch THEN o.gate_status END AS "gateStatus",
           o.observed_at AS "observedAt"
    FROM cell c JOIN region_write_epoch e ON e.logical_scope = c.scope
    LEFT JOIN member_observation o ON o.member_id = e.active_member
    WHERE c.id <> ${cellId}`
  return rows.map(({ observedAt, ...row }) => {
    const isKnown = observedAt !== null && now.getTime() - observedAt.getTime() <= FACTS_AGE_MS_MAX
    return {
      cellId: row.cellId,
      region: row.region,
      isWritable: isKnown ? row.status === 'WRITABLE' && row.gateStatus === 'WRITABLE' : null,
    }
  })
}

async function readPast(db: Db | Tx, scope: string): Promise<Pick<CellWorld, 'lastSwitchover' | 'pastWritePausesMs'>> {
  const past = await db.operation.findMany({
    where: { scope, kind: { in: LOSSLESS_KINDS }, status: 'done', finishedAt: { not: null } },
    select: { report: true },
    orderBy: { finishedAt: 'desc' },
    take: PAST_RUNS_MAX,
  })
  return {
    lastSwitchover: await readLastSwitchover(db, scope),
    pastWritePausesMs: past.map((run) => writePauseOf(run.report)).filter((pauseMs) => pauseMs !== null),
  }
}

/** Going back from a fence raises the epoch like going forward, by two, and every client had to follow it. */
async function readLastSwitchover(db: Db | Tx, scope: string): Promise<CellWorld['lastSwitchover']> {
  const last = await db.operation.findFirst({
    where: {
      scope,
      kind: { in: LOSSLESS_KINDS },
      finishedAt: { not: null },
      OR: [{ status: 'done' }, { status: 'undone', steps: { some: { name: FENCE_STEP, status: 'undone' } } }],
    },
    select: { code: true, status: true, finishedAt: true },
    orderBy: { finishedAt: 'desc' },
  })
  if (!last?.finishedAt) return null
  return { code: last.code, finishedAtMs: last.finishedAt.getTime(), wentBack: last.status === 'undone' }
}

/** From the report that the last step of a switchover left; null when nothing could be measured. */
export function writePauseOf(report: unknown): number | null {
  if (typeof report !== 'object' || report === null || !('writePauseMs' in report)) return null
  return typeof report.writePauseMs === 'number' ? report.writePauseMs : null
}

/** Null when nothing was counted in the window: no traffic and no counting look alike from here. */
async function readWriteRate(db: Db | Tx, cellId: string): Promise<number | null> {
  const [row] = await db.$queryRaw<{ acked: bigint | null }[]>`
    SELECT sum(writes_acked) AS acked FROM traffic_sample
    WHERE cell_id = ${cellId} AND bucket_at >= now() - ${WRITE_RATE_WINDOW_MS + 10_000} * interval '1 millisecond'
      AND bucket_at < now() - interval '10 seconds'`
  const acked = row?.acked ?? null
  return acked === null ? null : Math.round((Number(acked) * 10_000) / WRITE_RATE_WINDOW_MS) / 10
}

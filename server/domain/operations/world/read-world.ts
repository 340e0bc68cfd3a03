import { SAMPLE_BUCKET_MS } from '@/model/observations'
import { activeOperationStates, type OperationState } from '@/model/states'
import type { Db, Tx } from '@/server/db'
import { catalogNow, Prisma } from '@/server/db'
import { holdsOn } from '../../holds'
import { leaseEndsAt } from '../../write-leases'
import type { Except } from '../judgement'
import { ACKNOWLEDGED_BEFORE_MS, ACKNOWLEDGED_BUCKETS_MAX, FACTS_AGE_MS_MAX, WRITE_RATE_WINDOW_MS } from '../limits'
import type { CellWorld, LeaseWorld } from './cell-world'
import { readMembers } from './read-members'
import { readPast, readUnacknowledged } from './read-past'
import { readMigrations, readTenants } from './read-tenants'

/**
 * Everything that planning and the judging of drift look at, read in one go. Null: there is no such cell. The
 * request or the operation that is being judged must not stand in its own way: it is left out.
 */
export async function readWorld(
  db: Db | Tx,
  cellId: string,
  { exceptRequestId, exceptOperationId }: Except = {},
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
    holds: await holdsOn(db, { cellId, regions: [...new Set(members.map((member) => member.region))] }),
    unacknowledgedFailover: await readUnacknowledged(db, cell.scope),
    lease: await readLease(db, cell.scope),
    acknowledged: await readAcknowledged(db, cellId, new Date(lastAnswerAtMs - ACKNOWLEDGED_BEFORE_MS)),
  }
}

async function readLease(db: Db | Tx, scope: string): Promise<LeaseWorld | null> {
  const end = await leaseEndsAt(db, scope)
  return end && { endsAtMs: end.at.getTime(), isFinal: end.basis === 'final' }
}

/** Commands of one sample that got no answer, and those that the gate or the router refused. */
const FAILED = Prisma.sql`failed + coalesce((SELECT sum(value::int) FROM jsonb_each_text(refused)), 0)`

/** Ten seconds each, summed over the regions of the users. */
async function readAcknowledged(db: Db | Tx, cellId: string, since: Date): Promise<CellWorld['acknowledged']> {
  const rows = await db.$queryRaw<{ bucketAt: Date; count: bigint; failedCount: bigint }[]>`
    SELECT bucket_at AS "bucketAt", sum(writes_acked) AS count, sum(${FAILED}) AS "failedCount" FROM traffic_sample
     WHERE cell_id = ${cellId} AND bucket_at >= ${since}
     GROUP BY bucket_at ORDER BY bucket_at LIMIT ${ACKNOWLEDGED_BUCKETS_MAX}`
  return rows.map(({ bucketAt, count, failedCount }) => ({
    fromMs: bucketAt.getTime(),
    toMs: bucketAt.getTime() + SAMPLE_BUCKET_MS,
    count: Number(count),
    failedCount: Number(failedCount),
  }))
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

/**
 * Null when nothing was counted in the window: no traffic and no counting look alike from here. Null as well when more failed
 * than was acknowledged: that is the rate of an outage, and not what a successor has to carry.
 */
async function readWriteRate(db: Db | Tx, cellId: string): Promise<number | null> {
  const [row] = await db.$queryRaw<{ acked: bigint | null; failed: bigint | null }[]>`
    SELECT sum(writes_acked) AS acked, sum(${FAILED}) AS failed FROM traffic_sample
    WHERE cell_id = ${cellId} AND bucket_at >= now() - ${WRITE_RATE_WINDOW_MS + SAMPLE_BUCKET_MS} * interval '1 millisecond'
      AND bucket_at < now() - ${SAMPLE_BUCKET_MS} * interval '1 millisecond'`
  const acked = row?.acked ?? null
  if (acked === null || Number(row?.failed) > Number(acked)) return null
  return Math.round((Number(acked) * 10_000) / WRITE_RATE_WINDOW_MS) / 10 // to a tenth a second
}

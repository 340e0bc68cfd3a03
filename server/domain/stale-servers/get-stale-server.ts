import { openConflictStates } from '@/model/conflict-states'
import { OperationPlan } from '@/model/schemas/plans'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { scopeOfReturn } from '@/model/scope-of-return'
import { type FenceStrength, fenceStrengths } from '@/model/states'
import { authorize, type Ctx } from '@/server/context'
import type { Db } from '@/server/db'
import { readFailoverJournal, readLogBeyond } from '../operations'
import {
  findFence,
  findStaleServer,
  type StaleRow,
  summaryOf,
  whyNotBringBack,
  whyNotReinstate,
} from './read-stale-server'

const OPERATIONS_MAX = 20
const GROUPS_MAX = 200

/** One server that was left behind: what happened when, what was feared and what was lost, tenant by tenant. */
export async function getStaleServer(ctx: Ctx, { id }: { id: string }): Promise<StaleServerDetail> {
  authorize(ctx, 'operation:read')
  const row = await findStaleServer(ctx.db, id)
  const [member, writer, fence, operations, failover, tenants, tables] = await Promise.all([
    ctx.db.cellMember.findUnique({ where: { id: row.memberId }, select: { regionCode: true } }),
    ctx.db.regionWriteEpoch.findUnique({ where: { logicalScope: row.scope } }),
    findFence(ctx.db, row),
    readOperations(ctx.db, row),
    ctx.db.operation.findUnique({ where: { id: row.operationId }, include: { plan: true } }),
    readTenants(ctx.db, row.id),
    ctx.db.unreplicatedWrite.groupBy({
      by: ['tableName'],
      where: { staleServerId: row.id },
      _count: { _all: true },
      orderBy: { tableName: 'asc' },
      take: GROUPS_MAX,
    }),
  ])
  const openConflictCount = await ctx.db.crossRegionConflictCase.count({
    where: { staleServerId: row.id, status: { in: [...openConflictStates] } },
  })
  const returnIds = operations.filter(({ kind }) => kind === 'return').map((run) => run.id)
  const [journal, logBytes] = await Promise.all([
    readFailoverJournal(ctx.db, row.operationId),
    readLogBeyond(ctx.db, row, returnIds),
  ])
  const loss = failover ? (OperationPlan.safeParse(failover.plan.body).data?.loss ?? null) : null
  return {
    ...summaryOf(row, member?.regionCode ?? 'unknown', openConflictCount),
    newPrimary: row.newPrimary,
    activeMember: writer?.activeMember ?? 'nobody',
    activeEpoch: writer?.epoch.toString() ?? 'none',
    systemIdentifier: row.systemIdentifier,
    divergence: { timeline: row.divergenceTimeline, lsn: row.divergenceLsn },
    fence: fence && {
      strength: fence.strength as FenceStrength, // the database's CHECK is this list
      says: fenceStrengths[fence.strength as FenceStrength],
      takenAt: fence.takenAt.toISOString(),
    },
    failover: failover && linkOf(failover),
    operations: operations.map(linkOf),
    returnedAt: row.returnedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
    extractedAt: row.extractedAt?.toISOString() ?? null,
    rebuiltAt: row.rebuiltAt?.toISOString() ?? null,
    openForMs: row.returnedAt && row.closedAt ? Math.max(0, row.closedAt.getTime() - row.returnedAt.getTime()) : null,
    estimate: loss && {
      kind: loss.kind,
      seconds: loss.seconds,
      transactions: loss.transactions,
      bytes: loss.bytes,
      basis: loss.basis,
    },
    measured: { seconds: row.lossSecondsEstimate, basis: journal.lossBasis },
    logBytes: logBytes === null ? null : String(logBytes),
    tenants,
    tables: tables.map(({ tableName, _count }) => ({ table: tableName, lostCount: _count._all })),
    whyNotBringBack: await whyNotBringBack(ctx.db, row.id),
    whyNotReinstate: whyNotReinstate(row),
  }
}

function linkOf({ id, code, kind, status }: { id: string; code: string; kind: string; status: string }) {
  return { id, code, kind, status }
}

/** Every run that closed or read it, and every rebuild since it was left behind that names it. */
function readOperations(db: Db, row: StaleRow) {
  return db.$queryRaw<{ id: string; code: string; kind: string; status: string }[]>`
    SELECT o.id, o.code, o.kind, o.status FROM operation o JOIN operation_plan p ON p.id = o.plan_id
     WHERE o.created_at >= ${row.leftAt} AND o.scope IN (${scopeOfReturn(row.memberId)}, ${row.scope})
       AND p.body->>'staleServerId' = ${row.id}
     ORDER BY o.created_at DESC LIMIT ${OPERATIONS_MAX}`
}

async function readTenants(db: Db, staleServerId: string): Promise<StaleServerDetail['tenants']> {
  return db.$queryRaw`
    SELECT w.tenant_id AS "tenantId", t.name, count(*)::int AS "lostCount",
           count(*) FILTER (WHERE c.status = ANY(${[...openConflictStates]}))::int AS "openConflictCount"
      FROM unreplicated_write w
      LEFT JOIN tenant_region_assignment t ON t.tenant_id = w.tenant_id
      LEFT JOIN cross_region_conflict_case c ON c.conflict_id = w.conflict_id
     WHERE w.stale_server_id = ${staleServerId}::uuid
     GROUP BY w.tenant_id, t.name ORDER BY count(*) DESC, t.name LIMIT ${GROUPS_MAX}`
}

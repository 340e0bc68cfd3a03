import { z } from 'zod'
import { openConflictStates } from '@/model/conflict-states'
import type {
  ConflictDecision,
  ConflictFilter,
  ConflictPage,
  ConflictRow,
  ConflictState,
} from '@/model/schemas/conflicts'
import { authorize, type Ctx } from '@/server/context'
import type { Db, Prisma } from '@/server/db'

export type CaseRow = NonNullable<Awaited<ReturnType<Db['crossRegionConflictCase']['findFirst']>>>
const OPEN = [...openConflictStates]
const DECIDED = ['RESOLVED', 'DISMISSED']

/** One page of cases, in the order of detection. */
export async function listConflicts(ctx: Ctx, filter: ConflictFilter): Promise<ConflictPage> {
  authorize(ctx, 'conflict:read')
  const within: Prisma.CrossRegionConflictCaseWhereInput = {
    ...(filter.staleServerId && { staleServerId: filter.staleServerId }),
    ...(filter.tenantId && { tenantId: filter.tenantId }),
    ...(filter.table && { aggregateType: filter.table }),
  }
  const states = { open: OPEN, decided: DECIDED, all: null }[filter.status]
  const [rows, openCount, decidedCount] = await Promise.all([
    ctx.db.crossRegionConflictCase.findMany({
      where: { ...within, ...(states && { status: { in: states } }) },
      orderBy: [{ detectedAt: 'asc' }, { conflictId: 'asc' }],
      take: filter.limit,
      ...(filter.after && { cursor: { conflictId: filter.after }, skip: 1 }),
    }),
    ctx.db.crossRegionConflictCase.count({ where: { ...within, status: { in: OPEN } } }),
    ctx.db.crossRegionConflictCase.count({ where: { ...within, status: { in: DECIDED } } }),
  ])
  const names = await tenantNames(ctx.db, rows)
  return {
    cases: rows.map((row) => conflictRowOf(row, names)),
    openCount,
    decidedCount,
    next: rows.length === filter.limit ? (rows.at(-1)?.conflictId ?? null) : null,
  }
}

/** What the return of a server noted; a case that came to be in another way may lack some of it. */
const Payload = z.object({
  key: z.string().catch('unknown'),
  change: z.enum(['insert', 'update', 'delete']).catch('update'),
  columns: z.array(z.string()).catch([]),
  theirsHash: z.string().nullable().catch(null),
  oursHash: z.string().nullable().catch(null),
  xid: z.string().nullable().catch(null),
})
export const payloadOf = (row: CaseRow) => Payload.catch(Payload.parse({})).parse(row.payload)

export function conflictRowOf(row: CaseRow, names: ReadonlyMap<string, string>): ConflictRow {
  const { key, change, columns } = payloadOf(row)
  return {
    id: row.conflictId,
    status: row.status as ConflictState, // the database's CHECK is this list
    decision: row.decision as ConflictDecision | null, // as above
    tenantId: row.tenantId,
    tenantName: names.get(row.tenantId) ?? null,
    table: row.aggregateType,
    key,
    change,
    columns,
    localVersion: row.localVersion?.toString() ?? null,
    remoteVersion: row.remoteVersion?.toString() ?? null,
    homeRegion: row.homeRegion,
    conflictingRegion: row.conflictingRegion,
    detectedAt: row.detectedAt.toISOString(),
    staleServerId: row.staleServerId,
  }
}

export async function tenantNames(db: Db, rows: readonly CaseRow[]): Promise<ReadonlyMap<string, string>> {
  const tenants = await db.tenantRegionAssignment.findMany({
    where: { tenantId: { in: [...new Set(rows.map((row) => row.tenantId))] } },
    select: { tenantId: true, name: true },
  })
  return new Map(tenants.map(({ tenantId, name }) => [tenantId, name]))
}

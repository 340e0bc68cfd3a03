import type { LedgerFilter, LedgerPage, LedgerRow } from '@/model/schemas/stale-servers'
import { authorize, type Ctx } from '@/server/context'
import type { Db } from '@/server/db'
import { findStaleServer } from './read-stale-server'

/** One page of what a server wrote on its own. The order is by table and key, which no later find changes. */
export async function listLedger(ctx: Ctx, filter: LedgerFilter): Promise<LedgerPage> {
  authorize(ctx, 'conflict:read')
  await findStaleServer(ctx.db, filter.id)
  const where = {
    staleServerId: filter.id,
    ...(filter.tenantId && { tenantId: filter.tenantId }),
    ...(filter.table && { tableName: filter.table }),
  }
  const writes = await readLedgerRows(ctx.db, filter)
  return {
    writes,
    totalCount: await ctx.db.unreplicatedWrite.count({ where }),
    next: writes.length === filter.limit ? (writes.at(-1)?.id ?? null) : null,
  }
}

export function readLedgerRows(db: Db, { id, tenantId, table, after, limit }: LedgerFilter): Promise<LedgerRow[]> {
  return db.$queryRaw<Row[]>`
    SELECT w.id, w.tenant_id AS "tenantId", t.name AS "tenantName", w.table_name AS table, w.row_key AS key, w.change, w.columns,
           w.xid, w.theirs_hash AS "theirsHash", w.ours_hash AS "oursHash", w.conflict_id AS "conflictId", c.decision,
           w.found_at AS "foundAt"
      FROM unreplicated_write w
      LEFT JOIN tenant_region_assignment t ON t.tenant_id = w.tenant_id
      LEFT JOIN cross_region_conflict_case c ON c.conflict_id = w.conflict_id
     WHERE w.stale_server_id = ${id}::uuid
       AND (${tenantId ?? null}::uuid IS NULL OR w.tenant_id = ${tenantId ?? null}::uuid)
       AND (${table ?? null}::text IS NULL OR w.table_name = ${table ?? null})
       AND (${after ?? null}::uuid IS NULL OR (w.table_name, w.row_key) > (SELECT p.table_name, p.row_key FROM unreplicated_write p WHERE p.id = ${after ?? null}::uuid))
     ORDER BY w.table_name, w.row_key LIMIT ${limit}`.then((rows) =>
    rows.map((row) => ({ ...row, foundAt: row.foundAt.toISOString() })),
  )
}

type Row = Omit<LedgerRow, 'foundAt'> & { foundAt: Date }

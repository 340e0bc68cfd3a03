import { DomainError } from '@/model/errors'
import type { ConflictDetail } from '@/model/schemas/conflicts'
import { authorize, type Ctx } from '@/server/context'
import { conflictRowOf, payloadOf, tenantNames } from './list-conflicts'

/** One case, and where a person who may look at the rows finds them. */
export async function getConflict(ctx: Ctx, { id }: { id: string }): Promise<ConflictDetail> {
  authorize(ctx, 'conflict:read')
  const row = await ctx.db.crossRegionConflictCase.findUnique({ where: { conflictId: id } })
  if (!row) throw new DomainError('not-found', 'There is no such case.')
  const [names, stale, person] = await Promise.all([
    tenantNames(ctx.db, [row]),
    row.staleServerId ? ctx.db.staleServer.findUnique({ where: { id: row.staleServerId } }) : null,
    row.decidedBy ? ctx.db.person.findUnique({ where: { id: row.decidedBy }, select: { id: true, name: true } }) : null,
  ])
  const writer = stale && (await ctx.db.regionWriteEpoch.findUnique({ where: { logicalScope: stale.scope } }))
  const { theirsHash, oursHash, xid, key } = payloadOf(row)
  return {
    ...conflictRowOf(row, names),
    theirsHash,
    oursHash,
    xid,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    decidedBy: row.decidedBy ? (person ?? { id: row.decidedBy, name: 'Unknown person' }) : null,
    note: row.resolutionNote,
    staleMember: stale?.memberId ?? null,
    heldBy: stale ? (writer?.activeMember ?? stale.newPrimary) : null,
    readCommand: stale && readCommand({ operationId: stale.operationId, table: row.aggregateType, key }),
  }
}

/** For psql on the server that holds the ledger. The rows never pass through the console. */
function readCommand({ operationId, table, key }: { operationId: string; table: string; key: string }): string {
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
  return `SELECT theirs, ours FROM homeport.unreplicated_write WHERE operation_id = ${literal(operationId)} AND table_name = ${literal(table)} AND row_key = ${literal(key)};`
}

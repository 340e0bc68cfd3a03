import { v5 as uuidv5 } from 'uuid'
import type { Json } from '@/model/canonical-json'
import { hasUuidForm } from '@/model/uuid'
import { PLATFORM_TENANT_ID, type Tx } from '@/server/db'
import type { TailRow } from '@/server/engines/contract'
import type { StaleRow } from './return-run'

const ROW_NAMESPACE = '0d1a7a4e-52b1-5d3b-9a52-7c2b0f4c6e11'

type Place = { homeRegion: string; conflictingRegion: string }

/**
 * Ledger rows and conflict cases of one batch. Their ids are made of what they are, so that a repeat finds them there: the unique
 * key of the ledger and the primary key of the cases settle it, and a decision that was taken meanwhile stays.
 */
export async function storeTail(tx: Tx, stale: StaleRow, rows: readonly TailRow[], place: Place): Promise<void> {
  const cases = rows.map((row) => caseOf(stale, row, place))
  await tx.crossRegionConflictCase.createMany({ data: cases, skipDuplicates: true })
  await tx.unreplicatedWrite.createMany({
    data: rows.map((row, index) => ({
      id: cases[index]!.conflictId,
      staleServerId: stale.id,
      tenantId: row.tenantId,
      tableName: row.table,
      rowKey: row.key,
      change: row.change,
      xid: row.xid,
      theirsHash: row.theirsHash,
      oursHash: row.oursHash,
      columns: [...row.columns],
      conflictId: cases[index]!.conflictId,
    })),
    skipDuplicates: true,
  })
}

function caseOf(stale: StaleRow, row: TailRow, { homeRegion, conflictingRegion }: Place) {
  return {
    conflictId: uuidv5(`${stale.id} ${row.table} ${row.key}`, ROW_NAMESPACE),
    tenantId: row.tenantId ?? PLATFORM_TENANT_ID,
    aggregateType: row.table,
    aggregateId: aggregateIdOf(row),
    homeRegion,
    conflictingRegion,
    conflictType: 'UNREPLICATED_WRITE',
    localVersion: row.versions.ours === null ? null : BigInt(row.versions.ours),
    remoteVersion: row.versions.theirs === null ? null : BigInt(row.versions.theirs),
    payload: {
      key: row.key,
      change: row.change,
      columns: [...row.columns],
      theirsHash: row.theirsHash,
      oursHash: row.oursHash,
      xid: row.xid,
    } satisfies Json,
    status: 'OPEN',
    staleServerId: stale.id,
  }
}

/** A key of one column that is a UUID is the aggregate's own id; any other has an id made of its text, always the same. */
export function aggregateIdOf({ table, key }: Pick<TailRow, 'table' | 'key'>): string {
  const values = valuesOf(key)
  const [value] = values
  if (values.length === 1 && typeof value === 'string' && hasUuidForm(value)) return value
  return uuidv5(`${table} ${key}`, ROW_NAMESPACE)
}

function valuesOf(key: string): unknown[] {
  const parsed: unknown = JSON.parse(key)
  return typeof parsed === 'object' && parsed !== null ? Object.values(parsed) : [parsed]
}

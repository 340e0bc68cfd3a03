import type { TailRow } from '@/server/engines/contract'
import { literal } from '../server-side'
import type { Row } from '../session'
import type { TailSession } from './reader'

/**
 * The ledger inside the successor: homeport.unreplicated_write. What was found first stays as it was found, so that a
 * repeat, after the successor has gone on, tells the same story.
 */

/** One difference with what both servers hold there. Bodies are JSON text; null where there is no row, or it is too big. */
export type Found = {
  key: string
  tenantId: string | null
  change: TailRow['change']
  xid: string | null
  theirsHash: string | null
  oursHash: string | null
  theirs: string | null
  ours: string | null
}

const ROWS_A_PAGE = 1_000

/** $1: the rows as JSON, bodies as text in it, so that no number passes through a parser that would round it. */
const STORE = (operationId: string, table: string) => `
  INSERT INTO homeport.unreplicated_write (operation_id, table_name, row_key, key_hash, tenant_id, change, xid, theirs_hash, ours_hash,
    theirs, ours, columns)
  SELECT ${literal(operationId)}::uuid, ${literal(table)}, f.key, sha256(convert_to(f.key, 'UTF8')), f."tenantId", f.change, f.xid,
    f."theirsHash", f."oursHash", f.theirs::jsonb, f.ours::jsonb,
    ARRAY(SELECT coalesce(t.key, o.key) FROM jsonb_each(f.theirs::jsonb) t FULL JOIN jsonb_each(f.ours::jsonb) o USING (key)
      WHERE t.value IS DISTINCT FROM o.value ORDER BY 1)
  FROM jsonb_to_recordset($1::jsonb) AS f (key text, "tenantId" uuid, change text, xid bigint, "theirsHash" text, "oursHash" text,
    theirs text, ours text)
  ON CONFLICT (operation_id, table_name, key_hash) DO NOTHING`

export async function store(
  to: TailSession,
  operationId: string,
  table: string,
  found: readonly Found[],
): Promise<void> {
  if (found.length > 0) await to.ask(STORE(operationId, table), [JSON.stringify(found)])
}

/** Everything in the ledger for this divergence, in the order in which it was found. */
export async function* readLedger(from: TailSession, operationId: string): AsyncGenerator<TailRow> {
  let after = '0'
  for (;;) {
    const page = await from.ask(`
      SELECT id, table_name, row_key, tenant_id, change, xid, theirs_hash, ours_hash, to_json(columns)::text AS columns,
             ${versionSql('theirs')} AS theirs_version, ${versionSql('ours')} AS ours_version
        FROM homeport.unreplicated_write WHERE operation_id = ${literal(operationId)}::uuid AND id > ${literal(after)}::bigint
       ORDER BY id LIMIT ${ROWS_A_PAGE}`)
    for (const row of page) yield tailRowOf(row)
    after = page.at(-1)?.id ?? after
    if (page.length < ROWS_A_PAGE) return
  }
}

/** The only content that leaves the cell: how often a row was changed names nobody. */
function versionSql(side: 'theirs' | 'ours'): string {
  return `CASE WHEN ${side}->>'version' ~ '^[0-9]{1,18}$' THEN ${side}->>'version' END`
}

function tailRowOf(row: Row): TailRow {
  return {
    table: row.table_name ?? '',
    key: row.row_key ?? '',
    tenantId: row.tenant_id ?? null,
    change: row.change as TailRow['change'], // a check constraint of the table says so
    xid: row.xid ?? null,
    theirsHash: row.theirs_hash ?? null,
    oursHash: row.ours_hash ?? null,
    columns: JSON.parse(row.columns ?? '[]'),
    versions: { theirs: row.theirs_version ?? null, ours: row.ours_version ?? null },
  }
}

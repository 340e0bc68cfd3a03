import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { ExportedLedger, ExportLedger, LedgerRow } from '@/model/schemas/stale-servers'
import { authorize, type Ctx } from '@/server/context'
import { readLedgerRows } from './list-ledger'
import { findStaleServer, summaryOf } from './read-stale-server'

/** More than this is read by pages: one answer must fit in a browser. */
const ROWS_MAX = 50_000
const PAGE = 500

/** The whole ledger of one server as a file: keys, hashes and names of columns, with the hash of the file itself. */
export async function exportLedger(ctx: Ctx, { id, format }: z.infer<typeof ExportLedger>): Promise<ExportedLedger> {
  authorize(ctx, 'conflict:read')
  const row = await findStaleServer(ctx.db, id)
  const rows: LedgerRow[] = []
  let after: string | undefined
  while (rows.length < ROWS_MAX) {
    const page = await readLedgerRows(ctx.db, { id, limit: PAGE, ...(after && { after }) })
    rows.push(...page)
    after = page.at(-1)?.id
    if (page.length < PAGE) break
  }
  const totalCount = await ctx.db.unreplicatedWrite.count({ where: { staleServerId: id } })
  const summary = summaryOf(row, 'unknown', 0)
  const body =
    format === 'csv'
      ? toCsv(rows)
      : `${JSON.stringify({ server: { ...summary, region: undefined, openConflictCount: undefined }, writes: rows }, null, 2)}\n`
  return {
    fileName: `unreplicated-${row.memberId}-epoch-${row.epoch}.${format}`,
    mediaType: format === 'csv' ? 'text/csv' : 'application/json',
    body,
    sha256: createHash('sha256').update(body, 'utf8').digest('hex'),
    rowCount: rows.length,
    isComplete: rows.length === totalCount,
  }
}

const FIELDS = ['table', 'key', 'tenantId', 'change', 'columns', 'xid', 'theirsHash', 'oursHash', 'decision'] as const

/** RFC 4180. A cell that a spreadsheet would run as a formula is prefixed by a quote. */
function toCsv(rows: readonly LedgerRow[]): string {
  const lines = rows.map((row) => FIELDS.map((field) => csvCell(row[field])).join(','))
  return [FIELDS.join(','), ...lines, ''].join('\r\n')
}

function csvCell(value: string | readonly string[] | null): string {
  const text = value === null ? '' : typeof value === 'string' ? value : value.join(' ')
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

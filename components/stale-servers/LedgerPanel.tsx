'use client'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { parseAsString, useQueryState } from 'nuqs'
import { useState } from 'react'
import { formatCount, shortHash } from '@/model/format'
import { paths } from '@/model/paths'
import { sayRowKey } from '@/model/row-key'
import type { LedgerRow, StaleServerDetail } from '@/model/schemas/stale-servers'
import { changeWords, decisionWord } from '../conflicts/conflict-words'
import { failureOf } from '../shell/errors'
import { Panel } from '../shell/Panel'
import { showToast } from '../shell/toasts'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SkeletonRows } from '../ui/Skeleton'
import { LedgerFilters } from './LedgerFilters'

const PAGE = 100
/** On a phone each row is a card, and a whole page of them is metres long. */
const ROWS_AT_FIRST = 10

/** Every write that only this server holds: keys, names of columns and hashes. The rows themselves stay in the cell. */
export function LedgerPanel({ server }: { server: StaleServerDetail }) {
  const trpc = useTRPC()
  const [tenantId, setTenantId] = useQueryState('tenant', parseAsString)
  const [table, setTable] = useQueryState('table', parseAsString)
  const [cursors, setCursors] = useState<readonly string[]>([])
  const after = cursors.at(-1)
  const filter = {
    id: server.id,
    limit: PAGE,
    ...(tenantId && { tenantId }),
    ...(table && { table }),
    ...(after && { after }),
  }
  const query = useQuery(trpc.staleServers.writes.queryOptions(filter, { placeholderData: keepPreviousData }))
  const onFilter = (set: (value: string | null) => unknown) => (value: string | null) => {
    setCursors([])
    void set(value)
  }
  const onClear = () => {
    onFilter(setTenantId)(null)
    onFilter(setTable)(null)
  }
  return (
    <Panel
      title="Ledger"
      note={`Keys and hashes. The rows lie in homeport.unreplicated_write on ${server.activeMember}.`}
      query={query}
      padded={false}
      skeleton={<SkeletonRows count={6} />}
      actions={<ExportButtons server={server} />}
      empty={(page) => {
        if (page.writes.length > 0) return null
        if (tenantId || table) return { kind: 'filtered', says: 'No write matches these filters.', onClear }
        if (server.lostWriteCount === null)
          return { kind: 'never', says: 'Not read out yet.', how: 'It is read out as soon as its gate is closed.' }
        return { kind: 'healthy', says: 'It wrote nothing that the new primary lacks.' }
      }}
    >
      {(page) => (
        <>
          <DataTable
            caption="Unreplicated writes"
            urlKey="ledger-"
            rows={page.writes}
            columns={columns}
            rowId={(row) => row.id}
            rowsAtFirst={ROWS_AT_FIRST}
            csvName={`unreplicated-${server.member}`}
            toolbar={
              <LedgerFilters
                server={server}
                tenantId={tenantId}
                table={table}
                onTenant={onFilter(setTenantId)}
                onTable={onFilter(setTable)}
              />
            }
          />
          {(cursors.length > 0 || page.next !== null) && (
            <nav
              aria-label="Pages of writes"
              className="flex items-center justify-end gap-2 border-t border-hairline p-3"
            >
              <span className="flex-1 text-sm text-ink-3">
                {formatCount(page.writes.length)} of {formatCount(page.totalCount)} on this page
              </span>
              <Button size="small" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
                Back
              </Button>
              <Button
                size="small"
                disabled={page.next === null}
                onClick={() => page.next && setCursors([...cursors, page.next])}
              >
                Next
              </Button>
            </nav>
          )}
        </>
      )}
    </Panel>
  )
}

/** The whole ledger, whatever the filters show; the hash of the file is told so that it can be named elsewhere. */
function ExportButtons({ server }: { server: StaleServerDetail }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [busy, setBusy] = useState<'csv' | 'json' | null>(null)
  const [error, setError] = useState<unknown>(null)
  const onExport = async (format: 'csv' | 'json') => {
    setBusy(format)
    setError(null)
    try {
      const file = await cache.fetchQuery({
        ...trpc.staleServers.export.queryOptions({ id: server.id, format }),
        staleTime: 0,
      })
      const url = URL.createObjectURL(new Blob([file.body], { type: file.mediaType }))
      const link = document.createElement('a')
      link.href = url
      link.download = file.fileName
      link.click()
      URL.revokeObjectURL(url)
      const rows = `${formatCount(file.rowCount)} rows${file.isComplete ? '' : ', not all of them'}`
      showToast({
        status: file.isComplete ? 'ok' : 'warn',
        says: `Saved ${rows}: ${file.fileName}, SHA-256 ${shortHash(file.sha256)}`,
      })
    } catch (caught) {
      setError(caught)
    } finally {
      setBusy(null)
    }
  }
  return (
    <>
      {error != null && <span className="text-sm text-crit">The export failed: {failureOf(error).says}</span>}
      {(['csv', 'json'] as const).map((format) => (
        <Button
          key={format}
          size="small"
          busyLabel={busy === format ? 'Reading…' : null}
          onClick={() => void onExport(format)}
        >
          {format === 'csv' ? 'Keys as CSV' : 'Export JSON'}
        </Button>
      ))}
    </>
  )
}

const columns: readonly Column<LedgerRow>[] = [
  {
    id: 'key',
    header: 'Key',
    cell: (row) =>
      row.conflictId ? (
        <Link href={paths.conflict({ id: row.conflictId })} className="font-mono break-all hover:underline">
          {sayRowKey(row.key)}
        </Link>
      ) : (
        <span className="font-mono break-all">{sayRowKey(row.key)}</span>
      ),
    value: (row) => row.key,
  },
  {
    id: 'table',
    header: 'Table',
    cell: (row) => <span className="font-mono">{row.table}</span>,
    value: (row) => row.table,
  },
  { id: 'tenant', header: 'Tenant', cell: (row) => row.tenantName ?? 'no tenant', value: (row) => row.tenantName },
  { id: 'change', header: 'Change', cell: (row) => changeWords[row.change], value: (row) => row.change },
  {
    id: 'columns',
    header: 'Columns',
    card: 'line',
    cell: (row) => <span className="text-ink-2">{row.columns.join(', ')}</span>,
    value: (row) => row.columns.join(' '),
  },
  {
    id: 'decision',
    header: 'Decision',
    cell: (row) => decisionWord(row.decision) ?? <span className="text-ink-3">open</span>,
    value: (row) => decisionWord(row.decision),
  },
  {
    id: 'theirs',
    header: 'Hash of theirs',
    isShown: false,
    cell: (row) => <span className="font-mono">{row.theirsHash ? shortHash(row.theirsHash) : 'no row'}</span>,
    value: (row) => row.theirsHash,
  },
  {
    id: 'ours',
    header: 'Hash of ours',
    isShown: false,
    cell: (row) => <span className="font-mono">{row.oursHash ? shortHash(row.oursHash) : 'no row'}</span>,
    value: (row) => row.oursHash,
  },
  {
    id: 'xid',
    header: 'Transaction',
    align: 'right',
    isShown: false,
    cell: (row) => row.xid ?? '',
    value: (row) => row.xid,
  },
]

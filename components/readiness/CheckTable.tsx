'use client'
import { formatSpan } from '@/model/format'
import type { CellReadiness, ReadinessCheckView } from '@/model/schemas/readiness'
import { worstFirst } from '../shell/status-now'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { StatusPill } from '../ui/StatusPill'
import { FixOf } from './FixOf'
import { wordOfCheck } from './readiness-words'

/** What is not proven comes first, and alone until the rest is asked for, unless `isWhole`. */
export function CheckTable({ cell, isWhole }: { cell: CellReadiness; isWhole: boolean }) {
  const openCount = cell.checks.filter(({ outcome }) => outcome !== 'passed').length
  return (
    <DataTable
      caption={`Checks of ${cell.cellId}`}
      rows={cell.checks.toSorted((a, b) => worstFirst(wordOfCheck(a).status, wordOfCheck(b).status))}
      rowsAtFirst={isWhole ? undefined : Math.max(openCount, 1)}
      columns={columns}
      rowId={({ check }) => check}
      urlKey={`${cell.cellId}-`}
      csvName={`readiness-${cell.cellId}`}
      hasTools={false}
    />
  )
}

const columns: readonly Column<ReadinessCheckView>[] = [
  {
    id: 'check',
    header: 'Check',
    cell: ({ title, isBlocking }) => (
      <span className="text-ink-1">
        {title}
        {isBlocking && <span className="text-ink-3"> · blocks</span>}
      </span>
    ),
    value: ({ title }) => title,
  },
  {
    id: 'outcome',
    header: 'Result',
    cell: (check) => <StatusPill {...wordOfCheck(check)} />,
    value: ({ outcome }) => outcome,
  },
  {
    id: 'says',
    header: 'What was found',
    card: 'line',
    cell: ({ says }) => <span className="block min-w-60 max-w-prose">{says}</span>,
    value: ({ says }) => says,
  },
  {
    id: 'proven',
    header: 'Proven',
    cell: ({ provenAt }) =>
      provenAt ? <TimeStamp at={provenAt} form="ago" /> : <span className="text-ink-3">never</span>,
    value: ({ provenAt }) => provenAt,
  },
  {
    id: 'period',
    header: 'Stale after / failed after',
    cell: ({ staleAfterMs, failedAfterMs }) => `${formatSpan(staleAfterMs)} / ${formatSpan(failedAfterMs)}`,
    value: ({ staleAfterMs }) => staleAfterMs,
  },
  {
    id: 'vantage',
    header: 'Seen from',
    cell: ({ vantage }) => vantage ?? <span className="text-ink-3">nowhere</span>,
    value: ({ vantage }) => vantage,
  },
  { id: 'weight', header: 'Weight', align: 'right', cell: ({ weight }) => weight, value: ({ weight }) => weight },
  {
    id: 'fix',
    header: 'What helps',
    cell: ({ fix }) => (
      <span className="block min-w-40 max-w-prose">
        <FixOf fix={fix} />
      </span>
    ),
    value: ({ fix }) => fix.label,
  },
]

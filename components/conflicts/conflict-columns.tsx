import Link from 'next/link'
import { paths } from '@/model/paths'
import { sayRowKey } from '@/model/row-key'
import type { ConflictRow } from '@/model/schemas/conflicts'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { StatusPill } from '../ui/StatusPill'
import { changeWords, conflictWord, decisionWord } from './conflict-words'

export const conflictColumns: readonly Column<ConflictRow>[] = [
  {
    id: 'row',
    header: 'Row',
    card: 'title',
    cell: (one) => (
      <Link href={paths.conflict({ id: one.id })} className="font-mono break-all hover:underline">
        {one.table}, {sayRowKey(one.key)}
      </Link>
    ),
    value: (one) => `${one.table} ${one.key}`,
  },
  { id: 'tenant', header: 'Tenant', cell: (one) => one.tenantName ?? 'no tenant', value: (one) => one.tenantName },
  { id: 'change', header: 'There it was', cell: (one) => changeWords[one.change], value: (one) => one.change },
  {
    id: 'columns',
    header: 'What differs',
    card: 'line',
    cell: (one) => <span className="text-ink-2">{one.columns.join(', ') || 'the whole row'}</span>,
    value: (one) => one.columns.join(' '),
  },
  {
    id: 'state',
    header: 'State',
    cell: (one) => {
      const { status, word } = conflictWord(one.status)
      return <StatusPill status={status} word={decisionWord(one.decision) ?? word} />
    },
    value: (one) => decisionWord(one.decision) ?? conflictWord(one.status).word,
  },
  {
    id: 'regions',
    header: 'Between',
    card: 'line',
    cell: (one) => (
      <span className="whitespace-nowrap">
        {one.conflictingRegion} → {one.homeRegion}
      </span>
    ),
    value: (one) => `${one.conflictingRegion} ${one.homeRegion}`,
  },
  {
    id: 'detected',
    header: 'Found',
    unit: 'UTC',
    isShown: false,
    cell: (one) => <TimeStamp at={one.detectedAt} form="clock" />,
    value: (one) => one.detectedAt,
  },
]

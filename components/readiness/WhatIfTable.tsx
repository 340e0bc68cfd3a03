'use client'
import type { WhatIf } from '@/model/schemas/failovers'
import { sayLoss } from '../operations/say-loss'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { StatusPill } from '../ui/StatusPill'

type Row = WhatIf['cells'][number]

export function WhatIfTable({ cells }: { cells: readonly Row[] }) {
  return (
    <DataTable
      caption="Cells without the region"
      rows={cells}
      columns={columns}
      rowId={({ cellId }) => cellId}
      urlKey="if-"
      csvName="what-if"
      hasTools={false}
      isCompact
    />
  )
}

const columns: readonly Column<Row>[] = [
  {
    id: 'cell',
    header: 'Cell',
    cell: ({ cellId }) => <span className="font-mono">{cellId}</span>,
    value: ({ cellId }) => cellId,
  },
  {
    id: 'writer',
    header: 'Writer then',
    cell: (row) => <NewWriter row={row} />,
    value: ({ newWriter }) => newWriter,
  },
  {
    id: 'says',
    header: 'Why',
    card: 'line',
    cell: ({ says }) => <span className="block min-w-40">{says}</span>,
    value: ({ says }) => says,
  },
  {
    id: 'lawful',
    header: 'Lawful targets',
    cell: ({ lawfulTargets }) => (lawfulTargets.length === 0 ? 'none' : lawfulTargets.join(', ')),
    value: ({ lawfulTargets }) => lawfulTargets.join(' '),
  },
  {
    id: 'loss',
    header: 'Loss, at most',
    cell: ({ loss }) => (loss ? sayLoss(loss) : <span className="text-ink-3">nothing</span>),
    value: ({ loss }) => loss?.seconds ?? null,
  },
  {
    id: 'headroom',
    header: 'Headroom',
    unit: '%',
    align: 'right',
    cell: ({ headroomPercent }) => headroomPercent ?? <span className="text-unknown">unknown</span>,
    value: ({ headroomPercent }) => headroomPercent,
  },
]

function NewWriter({ row: { loses, newWriter, newRegion } }: { row: Row }) {
  if (newWriter === null) return <StatusPill status="crit" word="Nobody" />
  const word = loses === 'writer' ? `${newWriter} in ${newRegion}` : `${newWriter} stays`
  return <StatusPill status={loses === 'writer' ? 'warn' : 'ok'} word={word} bare />
}

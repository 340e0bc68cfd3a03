'use client'
import { useState } from 'react'
import { formatMsBare } from '@/model/format'
import type { WhatIf } from '@/model/schemas/failovers'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { SelectField } from '../ui/Field'

type Row = WhatIf['cells'][number]['latency'][number]

/** What users of each region would notice of one cell. "Then" is an estimate, and says from what. */
export function WhatIfLatency({ whatIf }: { whatIf: WhatIf }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const cell = whatIf.cells.find(({ cellId }) => cellId === chosen) ?? whatIf.cells[0]
  if (!cell) return null
  return (
    <div className="min-w-0 border-t border-hairline">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2 px-4 py-3">
        <SelectField
          label="Latency for users of cell"
          value={cell.cellId}
          onChange={(event) => setChosen(event.target.value)}
        >
          {whatIf.cells.map(({ cellId }) => (
            <option key={cellId} value={cellId}>
              {cellId}
            </option>
          ))}
        </SelectField>
        <p className="min-w-0 flex-1 basis-60 text-sm text-ink-3">
          Now: median write of the last five minutes. Then: median read of the new writer, plus what a write costs more
          than a read today.
        </p>
      </div>
      <DataTable
        caption={`Write latency of ${cell.cellId} by region of its users`}
        rows={cell.latency}
        columns={columns}
        rowId={({ userRegion }) => userRegion}
        urlKey="latency-"
        csvName={`what-if-latency-${cell.cellId}`}
        hasTools={false}
        isCompact
      />
    </div>
  )
}

const columns: readonly Column<Row>[] = [
  {
    id: 'users',
    header: 'Users in',
    cell: ({ userRegion }) => <span className="font-mono">{userRegion}</span>,
    value: ({ userRegion }) => userRegion,
  },
  {
    id: 'now',
    header: 'Now',
    unit: 'ms',
    align: 'right',
    cell: ({ nowMs }) => sayMs(nowMs),
    value: ({ nowMs }) => nowMs,
  },
  {
    id: 'then',
    header: 'Then',
    unit: 'ms',
    align: 'right',
    cell: ({ thenMs }) => sayMs(thenMs),
    value: ({ thenMs }) => thenMs,
  },
  {
    id: 'change',
    header: 'Change',
    unit: 'ms',
    align: 'right',
    cell: (row) => sayChange(changeOf(row)),
    value: changeOf,
  },
]

function changeOf({ nowMs, thenMs }: Row): number | null {
  return nowMs === null || thenMs === null ? null : thenMs - nowMs
}

function sayChange(change: number | null) {
  if (change === null) return sayMs(null)
  return `${change > 0 ? '+' : change < 0 ? '−' : ''}${formatMsBare(Math.abs(change))}`
}

function sayMs(ms: number | null) {
  return ms === null ? <span className="text-unknown">unknown</span> : formatMsBare(ms)
}

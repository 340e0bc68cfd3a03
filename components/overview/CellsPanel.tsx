'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { formatCount, formatMs, formatMsBare, formatRate } from '@/model/format'
import { paths } from '@/model/paths'
import type { CellView, Overview } from '@/model/schemas/estate'
import { CellStatus, cellSeen } from '../regions/CellStatus'
import { WriterRegion } from '../regions/WriterRegion'
import { EpochChip } from '../shell/EpochChip'
import { oldestOf } from '../shell/FreshnessBadge'
import { LastKnown } from '../shell/LastKnown'
import { Panel, type PanelQuery } from '../shell/Panel'
import { worstFirst } from '../shell/status-now'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { Skeleton } from '../ui/Skeleton'

/** The cells: who writes, under which epoch, how fast, and what stands ready. */
export function CellsPanel({ query }: { query: PanelQuery<Overview> }) {
  const router = useRouter()
  return (
    <div id="cells" className="min-w-0 scroll-mt-24">
      <Panel
        title="Cells"
        note="The unit of failover: one writer each"
        query={query}
        padded={false}
        skeleton={<Skeleton className="h-60 w-full" />}
        seen={({ cells }) =>
          oldestOf(
            cells.flatMap((cell) =>
              cell.members.filter((member) => member.state === 'reachable').map((member) => member.seen),
            ),
          )
        }
        empty={({ cells }) =>
          cells.length === 0
            ? { kind: 'never', says: 'No cell is declared.', how: 'Describe the estate in homeport.yaml and apply it.' }
            : null
        }
      >
        {({ cells }) => (
          <DataTable
            caption="Cells"
            urlKey="cells-"
            rows={[...cells].sort((a, b) => worstFirst(a.status, b.status) || a.id.localeCompare(b.id))}
            columns={columns}
            rowId={(cell) => cell.id}
            hasTools={false}
            onOpen={(cell) => router.push(paths.region({ region: cell.activeRegion }))}
          />
        )}
      </Panel>
    </div>
  )
}

const columns: readonly Column<CellView>[] = [
  {
    id: 'cell',
    header: 'Cell',
    cell: (cell) => (
      <Link
        href={paths.region({ region: cell.activeRegion })}
        prefetch={false}
        className="whitespace-nowrap hover:underline"
      >
        <span className="font-mono">{cell.id}</span> <span className="text-ink-3">{cell.name}</span>
      </Link>
    ),
    value: (cell) => cell.id,
  },
  {
    id: 'state',
    header: 'State',
    card: 'line',
    cell: (cell) => <CellStatus cell={cell} />,
    value: (cell) => cell.says,
  },
  {
    id: 'writer',
    header: 'Writes in',
    cell: (cell) => <WriterRegion cell={cell} />,
    value: (cell) => cell.activeRegion,
  },
  {
    id: 'epoch',
    header: 'Epoch',
    cell: (cell) => <EpochChip epoch={cell.epoch} since={cell.epochChangedAt} />,
    value: (cell) => Number(cell.epoch),
  },
  {
    id: 'writes',
    header: 'Writes',
    unit: '/s',
    align: 'right',
    cell: (cell) => (
      <LastKnown
        value={cell.writesPerSecond === null ? null : formatRate(cell.writesPerSecond)}
        seen={cellSeen(cell)}
      />
    ),
    value: (cell) => cell.writesPerSecond,
  },
  {
    id: 'write-p99',
    header: 'Write p99',
    unit: 'ms',
    align: 'right',
    cell: (cell) => <WriteP99 cell={cell} />,
    value: (cell) => cell.writeLatency.p99Ms,
  },
  {
    id: 'tenants',
    header: 'Tenants',
    align: 'right',
    cell: (cell) => formatCount(cell.tenantCount),
    value: (cell) => cell.tenantCount,
  },
  {
    id: 'objectives',
    header: 'RPO / RTO',
    align: 'right',
    cell: (cell) => (
      <span className="text-ink-2">
        {formatMs(cell.rpoObjectiveMs)} / {formatMs(cell.rtoObjectiveMs)}
      </span>
    ),
    isSortable: false,
  },
]

/** Of the last minutes: history, once the writer is not reached any more. */
function WriteP99({ cell }: { cell: CellView }) {
  const isReached = cell.members.some((member) => member.isActive && member.state === 'reachable')
  const { p99Ms } = cell.writeLatency
  return <LastKnown value={p99Ms === null || !isReached ? null : formatMsBare(p99Ms)} seen={cellSeen(cell)} />
}

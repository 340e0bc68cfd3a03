'use client'
import { formatBytes, formatMs } from '@/model/format'
import type { Lag } from '@/model/schemas/estate'
import { useNow } from '../shell/clock'
import { FreshnessBadge } from '../shell/FreshnessBadge'
import { LastKnown } from '../shell/LastKnown'
import { RegionChip } from '../shell/RegionChip'
import { statusAt, worstFirst } from '../shell/status-now'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { StatusGlyph } from '../ui/StatusGlyph'
import { lagWords } from './lag-words'

/** Every standby with its three measures side by side. */
export function LagTable({ lags }: { lags: readonly Lag[] }) {
  return (
    <DataTable
      caption="Standbys"
      rows={[...lags].sort((a, b) => worstFirst(a.status, b.status))}
      columns={columns}
      rowId={(lag) => lag.targetMember}
      csvName="replication-lag"
    />
  )
}

const columns: readonly Column<Lag>[] = [
  {
    id: 'standby',
    header: 'Standby',
    cell: (lag) => <Name lag={lag} />,
    value: (lag) => lag.targetMember,
  },
  { id: 'state', header: 'State', cell: (lag) => lagWords[lag.state], value: (lag) => lag.state },
  {
    id: 'from',
    header: 'From',
    cell: (lag) =>
      lag.sourceRegion ? <RegionChip region={lag.sourceRegion} bare /> : <span className="text-unknown">unknown</span>,
    value: (lag) => lag.sourceRegion,
  },
  {
    id: 'to',
    header: 'To',
    cell: (lag) => <RegionChip region={lag.targetRegion} bare />,
    value: (lag) => lag.targetRegion,
  },
  {
    id: 'heartbeat-age',
    header: 'Heartbeat age',
    align: 'right',
    cell: (lag) => (
      <LastKnown value={lag.heartbeatAgeMs === null ? null : formatMs(lag.heartbeatAgeMs)} seen={lag.seen} />
    ),
    value: (lag) => lag.heartbeatAgeMs,
  },
  {
    id: 'backlog',
    header: 'Backlog',
    align: 'right',
    cell: (lag) => <LastKnown value={lag.bytes === null ? null : formatBytes(lag.bytes)} seen={lag.seen} />,
    value: (lag) => (lag.bytes === null ? null : Number(lag.bytes)),
  },
  {
    id: 'engine-lag',
    header: 'Engine says',
    align: 'right',
    cell: (lag) => <LastKnown value={lag.engineLagMs === null ? null : formatMs(lag.engineLagMs)} seen={lag.seen} />,
    value: (lag) => lag.engineLagMs,
  },
  { id: 'limit', header: 'Limit', align: 'right', cell: (lag) => formatMs(lag.lagMsMax), value: (lag) => lag.lagMsMax },
  {
    id: 'seen',
    header: 'Seen',
    cell: (lag) => <FreshnessBadge seen={lag.seen} />,
    value: (lag) => lag.seen.observedAt,
  },
]

function Name({ lag }: { lag: Lag }) {
  const status = statusAt(lag.status, lag.seen, useNow())
  return (
    <span className="flex items-center gap-1.5 font-mono whitespace-nowrap">
      <StatusGlyph status={status} size={10} />
      {lag.targetMember}
    </span>
  )
}

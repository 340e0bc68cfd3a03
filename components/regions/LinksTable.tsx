'use client'
import { formatRatio } from '@/model/format'
import type { LinkView } from '@/model/schemas/estate'
import { MatrixCellFace } from '../network/MatrixCellFace'
import { prepareCell } from '../network/prepare-matrix'
import { useNow } from '../shell/clock'
import { RegionChip } from '../shell/RegionChip'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'

type Pair = { peer: string; inward: LinkView | null; outward: LinkView | null }

/** Both directions to each peer in one row, so that a difference between them is seen. */
export function LinksTable({
  region,
  linksIn,
  linksOut,
}: {
  region: string
  linksIn: readonly LinkView[]
  linksOut: readonly LinkView[]
}) {
  const peers = [...new Set([...linksIn.map((link) => link.from), ...linksOut.map((link) => link.to)])].sort()
  const rows = peers.map((peer) => ({
    peer,
    inward: linksIn.find((link) => link.from === peer) ?? null,
    outward: linksOut.find((link) => link.to === peer) ?? null,
  }))
  return (
    <DataTable
      caption={`Latency of ${region} in and out`}
      urlKey="links-"
      rows={rows}
      columns={columns}
      rowId={(pair) => pair.peer}
      hasTools={false}
      isCompact
    />
  )
}

const columns: readonly Column<Pair>[] = [
  { id: 'peer', header: 'Peer', cell: (pair) => <RegionChip region={pair.peer} bare />, value: (pair) => pair.peer },
  {
    id: 'in',
    header: 'In',
    unit: 'ms',
    align: 'right',
    cell: (pair) => <Latency link={pair.inward} />,
    value: (pair) => latency(pair.inward),
  },
  {
    id: 'in-ratio',
    header: '× budget',
    align: 'right',
    cell: (pair) => ratio(pair.inward),
    value: (pair) => pair.inward?.ratio ?? null,
  },
  {
    id: 'out',
    header: 'Out',
    unit: 'ms',
    align: 'right',
    cell: (pair) => <Latency link={pair.outward} />,
    value: (pair) => latency(pair.outward),
  },
  {
    id: 'out-ratio',
    header: '× budget',
    align: 'right',
    cell: (pair) => ratio(pair.outward),
    value: (pair) => pair.outward?.ratio ?? null,
  },
  {
    id: 'carries',
    header: 'Replicates',
    cell: (pair) =>
      [
        ...(pair.inward?.replicates ?? []).map((cell) => `${cell} in`),
        ...(pair.outward?.replicates ?? []).map((cell) => `${cell} out`),
      ].join(', ') || <span className="text-ink-3">nothing</span>,
  },
]

function latency(link: LinkView | null): number | null {
  return link?.state === 'up' ? link.latency.p50Ms : null
}

function ratio(link: LinkView | null) {
  return link?.ratio == null ? <span className="text-ink-3">—</span> : formatRatio(link.ratio)
}

function Latency({ link }: { link: LinkView | null }) {
  return <MatrixCellFace cell={prepareCell(link, 'p50', useNow())} />
}

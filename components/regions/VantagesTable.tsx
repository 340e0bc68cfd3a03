'use client'
import type { RegionView } from '@/model/schemas/estate'
import { useNow } from '../shell/clock'
import { FreshnessBadge } from '../shell/FreshnessBadge'
import { statusAt } from '../shell/status-now'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { StatusPill } from '../ui/StatusPill'
import { outcomeWords } from './finding-words'

type Vantage = RegionView['vantages'][number]

/** Each vantage with what it saw: those that disagree stand one below the other. */
export function VantagesTable({ vantages }: { vantages: readonly Vantage[] }) {
  return (
    <DataTable
      caption="Vantages"
      urlKey="vantages-"
      rows={vantages}
      columns={columns}
      rowId={(vantage) => vantage.vantage}
      hasTools={false}
      isCompact
    />
  )
}

const columns: readonly Column<Vantage>[] = [
  {
    id: 'vantage',
    header: 'Seen from',
    cell: (vantage) => <span className="font-mono whitespace-nowrap">{vantage.vantage}</span>,
    value: (vantage) => vantage.vantage,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    cell: (vantage) => <Outcome vantage={vantage} />,
    value: (vantage) => vantage.outcome,
  },
  {
    id: 'since',
    header: 'Since',
    unit: 'UTC',
    cell: (vantage) =>
      vantage.since ? <TimeStamp at={vantage.since} form="clock" /> : <span className="text-unknown">unknown</span>,
    value: (vantage) => vantage.since,
  },
  {
    id: 'seen',
    header: 'Seen',
    cell: (vantage) => <FreshnessBadge seen={{ ...vantage.seen, vantage: null }} />,
    value: (vantage) => vantage.seen.observedAt,
  },
]

function Outcome({ vantage }: { vantage: Vantage }) {
  const nowMs = useNow()
  if (vantage.outcome === null) return <StatusPill status="unknown" word="Not probed" bare />
  const { status, word } = outcomeWords[vantage.outcome]
  const now = statusAt(status, vantage.seen, nowMs)
  return <StatusPill status={now} word={now === 'unknown' ? `Last ${word.toLowerCase()}` : word} bare />
}

import type { AuditRow } from '@/model/schemas/audit'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'

export const auditColumns: readonly Column<AuditRow>[] = [
  {
    id: 'seq',
    header: 'No.',
    align: 'right',
    card: 'pair',
    isSortable: false,
    cell: (row) =>
      row.seq === null ? (
        <span className="text-unknown" title="Committed; its number is on its way">
          …
        </span>
      ) : (
        <span className="font-mono">{row.seq}</span>
      ),
    value: (row) => (row.seq === null ? null : Number(row.seq)),
  },
  {
    id: 'occurred',
    header: 'Occurred',
    unit: 'UTC',
    isSortable: false,
    cell: (row) => <TimeStamp at={row.occurredAt} form="clock" />,
    value: (row) => row.occurredAt,
  },
  {
    id: 'action',
    header: 'Action',
    card: 'line',
    isSortable: false,
    cell: (row) => <span className="font-mono whitespace-nowrap">{row.action}</span>,
    value: (row) => row.action,
  },
  {
    id: 'says',
    header: 'What happened',
    card: 'title',
    isSortable: false,
    cell: (row) => <span className="text-ink-1">{row.says}</span>,
    value: (row) => row.says,
  },
  {
    id: 'actor',
    header: 'By',
    isSortable: false,
    cell: (row) => (
      <span className="whitespace-nowrap" title={row.actor}>
        {row.actorName}
      </span>
    ),
    value: (row) => row.actorName,
  },
  {
    id: 'scope',
    header: 'Scope',
    isSortable: false,
    cell: (row) => row.scope && <span className="font-mono">{row.scope}</span>,
    value: (row) => row.scope,
  },
  {
    id: 'epoch',
    header: 'Epoch',
    align: 'right',
    isShown: false,
    isSortable: false,
    cell: (row) => row.epoch ?? '',
    value: (row) => row.epoch,
  },
  {
    id: 'region',
    header: 'Region',
    isShown: false,
    isSortable: false,
    cell: (row) => row.homeRegion,
    value: (row) => row.homeRegion,
  },
  {
    id: 'hash',
    header: 'Body hash',
    isShown: false,
    isSortable: false,
    cell: (row) => <span className="font-mono">{row.payloadHash.slice(0, 12)}…</span>,
    value: (row) => row.payloadHash,
  },
]

'use client'
import Link from 'next/link'
import { paths } from '@/model/paths'
import { type DrillRun, drillKinds } from '@/model/schemas/drills'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { StatusPill } from '../ui/StatusPill'
import { wordOfRun } from './drill-words'
import { Measured } from './Measured'

/** The columns of every table of runs. */
export const runColumns: readonly Column<DrillRun>[] = [
  {
    id: 'run',
    header: 'Run',
    cell: ({ id, code, cellId }) => (
      <Link
        href={paths.drill({ id })}
        prefetch={false}
        className="inline-flex min-h-6 items-center font-medium hover:underline"
      >
        {code} · {cellId}
      </Link>
    ),
    value: ({ code }) => code,
  },
  { id: 'kind', header: 'Kind', cell: ({ kind }) => drillKinds[kind], value: ({ kind }) => kind },
  {
    id: 'outcome',
    header: 'Outcome',
    cell: (run) => <StatusPill {...wordOfRun(run)} />,
    value: (run) => wordOfRun(run).word,
  },
  {
    id: 'rto',
    header: 'Recovery time',
    align: 'right',
    cell: ({ rtoMs, objectives }) => <Measured ms={rtoMs} objectiveMs={objectives.rtoMs} />,
    value: ({ rtoMs }) => rtoMs,
  },
  {
    id: 'rpo',
    header: 'Recovery point',
    align: 'right',
    cell: ({ rpoMs, objectives }) => <Measured ms={rpoMs} objectiveMs={objectives.rpoMs} />,
    value: ({ rpoMs }) => rpoMs,
  },
  {
    id: 'by',
    header: 'Asked for by',
    cell: ({ startedBy }) => startedBy.name,
    value: ({ startedBy }) => startedBy.name,
  },
  {
    id: 'started',
    header: 'Started',
    unit: 'UTC',
    cell: ({ startedAt }) => <TimeStamp at={startedAt} form="clock" />,
    value: ({ startedAt }) => startedAt,
  },
]

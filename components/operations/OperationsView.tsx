'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import type { OperationSummary } from '@/model/schemas/operations'
import { BreakGlassMark } from '../approvals/BreakGlassMark'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { ButtonLink } from '../ui/Button'
import { Segmented } from '../ui/Segmented'
import { SkeletonRows } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'
import { sayProgress } from './prepare-progress'
import { operationWords } from './state-words'

const filters = ['all', 'active', 'ended'] as const

/** Every run there was, newest first. */
export function OperationsView() {
  const router = useRouter()
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(filters).withDefault('all'))
  const query = useQuery(useTRPC().operations.list.queryOptions({ status }))
  return (
    <Page>
      <PageHeader title="Operations" actions={<ButtonLink href={paths.newFailover()}>New failover</ButtonLink>} />
      <Panel
        title="Runs"
        note="Times in UTC"
        query={query}
        padded={false}
        skeleton={<SkeletonRows count={6} />}
        actions={
          <Segmented
            label="Which runs"
            value={status}
            onChange={(next) => void setStatus(next)}
            options={filters.map((value) => ({
              value,
              label: { all: 'All', active: 'Active', ended: 'Ended' }[value],
            }))}
          />
        }
        empty={(runs) => {
          if (runs.length > 0) return null
          if (status === 'active') return { kind: 'healthy', says: 'Nothing is running.' }
          return {
            kind: 'never',
            says: 'No operation has run yet.',
            how: 'Plan a failover: its dry run changes nothing.',
          }
        }}
      >
        {(runs) => (
          <DataTable
            caption="Operations"
            rows={runs}
            columns={columns}
            rowId={(run) => run.id}
            onOpen={(run) => router.push(paths.operation({ id: run.id }))}
            csvName="operations"
          />
        )}
      </Panel>
    </Page>
  )
}

const columns: readonly Column<OperationSummary>[] = [
  {
    id: 'operation',
    header: 'Operation',
    cell: (run) => (
      <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link href={paths.operation({ id: run.id })} className="whitespace-nowrap hover:underline">
          <span className="font-mono text-ink-3">{run.code}</span> {run.title}
        </Link>
        {run.isBreakGlass && <BreakGlassMark />}
      </span>
    ),
    value: (run) => run.code,
  },
  {
    id: 'break-glass',
    header: 'Break-glass',
    isShown: false,
    cell: (run) => (run.isBreakGlass ? 'yes' : 'no'),
    value: (run) => (run.isBreakGlass ? 'yes' : 'no'),
  },
  {
    id: 'state',
    header: 'State',
    cell: (run) => <StatusPill {...operationWords[run.status]} />,
    value: (run) => operationWords[run.status].word,
  },
  {
    id: 'progress',
    header: 'Progress',
    card: 'line',
    cell: (run) => <span className="text-ink-2">{sayProgress(run)}</span>,
    value: (run) => run.stepsDone,
  },
  {
    id: 'requester',
    header: 'Requested by',
    cell: (run) => run.requester?.name ?? 'nobody',
    value: (run) => run.requester?.name ?? null,
  },
  {
    id: 'started',
    header: 'Started',
    unit: 'UTC',
    cell: (run) => (run.startedAt ? <TimeStamp at={run.startedAt} form="clock" /> : 'not yet'),
    value: (run) => run.startedAt,
  },
  {
    id: 'took',
    header: 'Took',
    align: 'right',
    cell: (run) =>
      run.startedAt && run.finishedAt ? formatMs(Date.parse(run.finishedAt) - Date.parse(run.startedAt)) : '',
    value: (run) => (run.startedAt && run.finishedAt ? Date.parse(run.finishedAt) - Date.parse(run.startedAt) : null),
  },
  {
    id: 'pause-ms',
    header: 'Write pause',
    align: 'right',
    cell: (run) =>
      run.writePauseMs === null ? <span className="text-ink-3">not measured</span> : formatMs(run.writePauseMs),
    value: (run) => run.writePauseMs,
  },
]

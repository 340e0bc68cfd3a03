'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { paths } from '@/model/paths'
import type { RequestSummary } from '@/model/schemas/operations'
import { wordOfRequest } from '../operations/state-words'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { SkeletonRows } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'
import { BreakGlassMark } from './BreakGlassMark'
import { Countdown } from './Countdown'
import { OpenBreakGlass } from './OpenBreakGlass'

/** What waits for somebody, the soonest to expire first; below, what was decided. */
export function ApprovalsView() {
  const trpc = useTRPC()
  const router = useRouter()
  const waiting = useQuery(trpc.requests.list.queryOptions({ status: 'waiting' }))
  const decided = useQuery(trpc.requests.list.queryOptions({ status: 'decided' }))
  const onOpen = (request: RequestSummary) => router.push(paths.approval({ id: request.id }))
  return (
    <Page>
      <PageHeader title="Approvals" />
      <OpenBreakGlass />
      <Panel
        title="Waiting"
        query={waiting}
        padded={false}
        skeleton={<SkeletonRows count={2} className="h-16" />}
        empty={(requests) =>
          requests.length === 0 ? { kind: 'healthy', says: 'Nothing waits for a decision.' } : null
        }
      >
        {(requests) => (
          <ul>
            {[...requests]
              .sort((a, b) => a.approveBy.localeCompare(b.approveBy))
              .map((request) => (
                <WaitingRow key={request.id} request={request} />
              ))}
          </ul>
        )}
      </Panel>
      <Panel
        title="Decided"
        note="Times in UTC"
        query={decided}
        padded={false}
        skeleton={<SkeletonRows count={4} />}
        empty={(requests) =>
          requests.length === 0
            ? { kind: 'never', says: 'Nothing has been decided yet.', how: 'Requests for switchovers come here.' }
            : null
        }
      >
        {(requests) => (
          <DataTable
            caption="Decided requests"
            rows={requests}
            columns={columns}
            rowId={(request) => request.id}
            onOpen={onOpen}
            csvName="requests"
          />
        )}
      </Panel>
    </Page>
  )
}

function WaitingRow({ request }: { request: RequestSummary }) {
  return (
    <li className="border-b border-hairline last:border-b-0">
      <Link href={paths.approval({ id: request.id })} className="grid min-h-12 gap-0.5 px-4 py-3 hover:bg-surface-2">
        <span className="flex flex-wrap items-center gap-x-3">
          <span className="font-medium text-ink-1">{request.title}</span>
          {request.isBreakGlass && <BreakGlassMark />}
          <span className="text-sm">
            <Countdown until={request.approveBy} />
          </span>
        </span>
        <span className="text-sm text-ink-2">
          <span className="font-mono">{request.code}</span> · {request.requester.name}: {request.reason} ·{' '}
          {request.approvals.filter(({ decision }) => decision === 'approve').length} of {request.quorum} approved
        </span>
      </Link>
    </li>
  )
}

const columns: readonly Column<RequestSummary>[] = [
  {
    id: 'request',
    header: 'Request',
    cell: (request) => (
      <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link href={paths.approval({ id: request.id })} className="whitespace-nowrap hover:underline">
          <span className="font-mono text-ink-3">{request.code}</span> {request.title}
        </Link>
        {request.isBreakGlass && <BreakGlassMark />}
      </span>
    ),
    value: (request) => request.code,
  },
  {
    id: 'break-glass',
    header: 'Break-glass',
    isShown: false,
    cell: (request) => (request.isBreakGlass ? 'yes' : 'no'),
    value: (request) => (request.isBreakGlass ? 'yes' : 'no'),
  },
  {
    id: 'state',
    header: 'Outcome',
    card: 'line',
    cell: (request) => <StatusPill {...wordOfRequest(request)} />,
    value: (request) => wordOfRequest(request).word,
  },
  {
    id: 'requester',
    header: 'Requested by',
    cell: (request) => request.requester.name,
    value: (request) => request.requester.name,
  },
  {
    id: 'decided-by',
    header: 'Decided by',
    cell: (request) => request.approvals.map(({ person }) => person.name).join(', ') || 'nobody',
    value: (request) => request.approvals.map(({ person }) => person.name).join(', '),
  },
  {
    id: 'reason',
    header: 'Reason',
    card: 'line',
    cell: (request) => <span className="text-ink-2">{request.reason}</span>,
    value: (request) => request.reason,
  },
  {
    id: 'created',
    header: 'Requested',
    unit: 'UTC',
    cell: (request) => <TimeStamp at={request.createdAt} form="clock" />,
    value: (request) => request.createdAt,
  },
]

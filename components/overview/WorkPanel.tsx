'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Status } from '@/model/observations'
import { paths } from '@/model/paths'
import type { OperationSummary, RequestSummary } from '@/model/schemas/operations'
import type { OperationState } from '@/model/states'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { SkeletonRows } from '../ui/Skeleton'
import { StatusGlyph } from '../ui/StatusGlyph'

/** Operations that run now, and requests that wait for a second person. Two calls, two panels: one may fail alone. */
export function WorkPanels() {
  const trpc = useTRPC()
  const operations = useQuery(trpc.operations.list.queryOptions({ status: 'active' }))
  const requests = useQuery(trpc.requests.list.queryOptions({ status: 'waiting' }))
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <Panel
        title="Operations running"
        query={operations}
        padded={false}
        skeleton={<SkeletonRows count={1} className="h-9" />}
        empty={(running) => (running.length === 0 ? { kind: 'healthy', says: 'No operation is running.' } : null)}
        actions={
          <Link href={paths.operations()} className="link inline-flex min-h-6 items-center text-sm">
            All operations
          </Link>
        }
      >
        {(running) => <List>{running.map(operationItem)}</List>}
      </Panel>
      <Panel
        title="Approvals waiting"
        query={requests}
        padded={false}
        skeleton={<SkeletonRows count={1} className="h-9" />}
        empty={(waiting) => (waiting.length === 0 ? { kind: 'healthy', says: 'Nothing waits for approval.' } : null)}
        actions={
          <Link href={paths.approvals()} className="link inline-flex min-h-6 items-center text-sm">
            All approvals
          </Link>
        }
      >
        {(waiting) => <List>{waiting.map(requestItem)}</List>}
      </Panel>
    </div>
  )
}

function operationItem(operation: OperationSummary) {
  return (
    <Item
      key={operation.id}
      href={paths.operation({ id: operation.id })}
      status={operationStatus[operation.status]}
      title={operation.title}
      note={
        <>
          {operation.code} · {operation.isBreakGlass && 'break-glass · '}
          {operation.status} · step {operation.stepsDone} of {operation.stepsTotal}
          {operation.currentStep && `: ${operation.currentStep}`}
        </>
      }
      at={operation.startedAt ?? operation.createdAt}
    />
  )
}

const operationStatus = {
  queued: 'active',
  running: 'active',
  paused: 'warn',
  undoing: 'warn',
  'needs-human': 'crit',
  done: 'ok',
  undone: 'ok',
} as const satisfies Record<OperationState, Status>

function requestItem(request: RequestSummary) {
  const given = request.approvals.filter((approval) => approval.decision === 'approve').length
  return (
    <Item
      key={request.id}
      href={paths.approval({ id: request.id })}
      status="active"
      title={request.title}
      note={
        <>
          {request.code} · {request.isBreakGlass && 'break-glass · '}
          {given} of {request.quorum} · asked by {request.requester.name}
        </>
      }
      at={request.approveBy}
      prefix="expires"
    />
  )
}

function List({ children }: { children: ReactNode }) {
  return <ul className="divide-y divide-hairline">{children}</ul>
}

function Item({
  href,
  status,
  title,
  note,
  at,
  prefix,
}: {
  href: string
  status: Status
  title: string
  note: ReactNode
  at: string
  prefix?: string
}) {
  return (
    <li>
      <Link
        href={href}
        className="flex items-center gap-3 px-4 py-2 hover:bg-surface-2 focus-visible:-outline-offset-2"
      >
        <StatusGlyph status={status} />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-ink-1">{title}</span>
          <span className="block truncate text-xs text-ink-3">{note}</span>
        </span>
        <span className="text-xs text-ink-2">
          {prefix} <TimeStamp at={at} form="ago" />
        </span>
      </Link>
    </li>
  )
}

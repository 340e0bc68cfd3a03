import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Status } from '@/model/observations'
import { paths } from '@/model/paths'
import type { RequestDetail } from '@/model/schemas/operations'
import type { RequestState } from '@/model/states'
import { TimeStamp } from '../shell/TimeStamp'
import { Notice } from '../ui/Notice'
import { AskAgain } from './AskAgain'
import { DriftTable } from './DriftTable'
import { isDeclared } from './is-declared'

/** What became of a request, by whom, and where it goes on. Nothing while there is nothing to say. */
export function Outcome({ request }: { request: RequestDetail }) {
  const { supersedes } = request
  return (
    <>
      {supersedes && (
        <Notice
          status="active"
          action={<Onward href={paths.approval({ id: supersedes.id })}>Open {supersedes.code}</Onward>}
        >
          Asks again what {supersedes.code} asked, with a fresh plan: the world had moved. Nothing that was approved
          there counts here.
        </Notice>
      )}
      {outcomes[request.status](request)}
    </>
  )
}

const outcomes = {
  waiting: (request) => (request.drift.length > 0 ? <AskAgain request={request} /> : null),
  consumed: (request) => (
    <Notice
      status={request.isBreakGlass ? 'warn' : 'ok'}
      action={
        request.operationId && <Onward href={paths.operation({ id: request.operationId })}>Watch the operation</Onward>
      }
    >
      {request.isBreakGlass ? (
        <>
          Started by {request.requester.name} on the break-glass path,{' '}
          {isDeclared(request.plan) ? <>attested by {deciders(request, 'approve')}.</> : 'without a second person.'}
        </>
      ) : (
        <>Approved by {deciders(request, 'approve')}, and started.</>
      )}
    </Notice>
  ),
  rejected: (request) => ended('crit', <>Rejected by {deciders(request, 'reject')}. </>, request),
  expired: (request) => ended('unknown', 'Expired. ', request),
  withdrawn: (request) => ended('unknown', `Withdrawn by ${request.requester.name}. `, request),
  voided: (request) => (
    <Notice
      status="warn"
      action={
        request.supersededBy ? (
          <Onward href={paths.approval({ id: request.supersededBy.id })}>
            Read {request.supersededBy.code} instead
          </Onward>
        ) : (
          <Onward href={paths.newFailover({ cell: request.plan.cell })}>Make a new plan</Onward>
        )
      }
    >
      <p className="font-medium">
        {request.supersededBy
          ? `Superseded: ${request.supersededBy.code} asks again with a fresh plan.`
          : 'Voided: the world no longer matches this plan.'}
      </p>
      {!request.supersededBy && <p className="text-sm text-ink-2">{request.closedReason}</p>}
      <DriftTable drift={request.drift} />
    </Notice>
  ),
} as const satisfies Record<RequestState, (request: RequestDetail) => ReactNode>

function ended(status: Status, how: ReactNode, { closedReason }: RequestDetail) {
  return (
    <Notice status={status}>
      {how}
      {closedReason}
    </Notice>
  )
}

function deciders({ approvals }: RequestDetail, decision: 'approve' | 'reject') {
  return approvals
    .filter((approval) => approval.decision === decision)
    .map(({ person, decidedAt }, index) => (
      <span key={person.id}>
        {index > 0 && ' and '}
        {person.name} <TimeStamp at={decidedAt} form="clock" />
      </span>
    ))
}

function Onward({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link className="link inline-flex min-h-6 items-center text-sm" href={href}>
      {children}
    </Link>
  )
}

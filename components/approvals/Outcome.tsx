import Link from 'next/link'
import { paths } from '@/model/paths'
import type { RequestDetail } from '@/model/schemas/operations'
import { Notice } from '../ui/Notice'

/** What became of a request that is no longer open, or why it may soon be void. Nothing while there is nothing to say. */
export function Outcome({ request }: { request: RequestDetail }) {
  if (request.status === 'consumed' && request.operationId)
    return (
      <Notice
        status="ok"
        action={
          <Link className="link text-sm" href={paths.operation({ id: request.operationId })}>
            Watch the operation
          </Link>
        }
      >
        Approved, and started.
      </Notice>
    )
  if (request.status === 'rejected') return <Notice status="crit">Rejected. {request.closedReason}</Notice>
  if (request.status === 'expired') return <Notice status="unknown">Expired. {request.closedReason}</Notice>
  if (request.status === 'withdrawn')
    return (
      <Notice status="unknown">
        Withdrawn by {request.requester.name}. {request.closedReason}
      </Notice>
    )
  if (request.status === 'voided' || request.drift.length > 0) return <DriftTable request={request} />
  return null
}

/** The differences that made the plan untrue: approved is what was planned, never what it turned into. */
function DriftTable({ request }: { request: RequestDetail }) {
  const isVoid = request.status === 'voided'
  return (
    <Notice
      status="warn"
      action={
        <Link className="link text-sm" href={paths.newFailover({ cell: request.plan.cell })}>
          Make a new plan
        </Link>
      }
    >
      <p className="font-medium">
        {isVoid ? 'Voided: the world no longer matches this plan.' : 'The world has moved since this plan was made.'}
      </p>
      <table className="mt-2 text-sm">
        <caption className="sr-only">Differences between the plan and now</caption>
        <thead>
          <tr className="text-left text-ink-3">
            <th scope="col" className="pr-4 font-medium">
              What
            </th>
            <th scope="col" className="pr-4 font-medium">
              Planned
            </th>
            <th scope="col" className="font-medium">
              Now
            </th>
          </tr>
        </thead>
        <tbody>
          {request.drift.map((drift) => (
            <tr key={drift.what}>
              <td className="pr-4">{drift.what}</td>
              <td className="pr-4 font-mono">{drift.planned}</td>
              <td className="font-mono">{drift.now}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Notice>
  )
}

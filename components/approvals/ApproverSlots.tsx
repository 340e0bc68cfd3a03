import type { RequestDetail } from '@/model/schemas/operations'
import { TimeStamp } from '../shell/TimeStamp'
import { ClaimButton } from './ClaimButton'
import { isDeclared } from './is-declared'

function sayVotes({ isBreakGlass, plan, quorum }: RequestDetail, given: number): string {
  if (!isBreakGlass) return `${given} of ${quorum} approved`
  if (isDeclared(plan)) return `Break-glass: ${given} of ${quorum} attested that ${plan.source.member} takes no writes`
  return `Break-glass: its quorum of ${quorum} was skipped`
}

/** Who has decided, who may, and that the requester may not. */
export function ApproverSlots({ request }: { request: RequestDetail }) {
  const given = request.approvals.filter((approval) => approval.decision === 'approve').length
  return (
    <div className="grid gap-1 text-sm">
      <p className="font-medium text-ink-1">{sayVotes(request, given)}</p>
      <ul className="grid gap-1 text-ink-2">
        {request.approvals.map((approval) => (
          <li key={approval.person.id}>
            {approval.decision === 'approve' ? '✓' : '✕'} {approval.person.name}{' '}
            <TimeStamp at={approval.decidedAt} form="clock" />: {approval.reason}
          </li>
        ))}
        {request.claims.map((claim) => (
          <li key={`looking ${claim.person.id}`}>
            ◐ {claim.person.name} is looking, since <TimeStamp at={claim.claimedAt} form="clock" />
          </li>
        ))}
        {request.status === 'waiting' && (
          <li className="text-ink-3">
            May decide: {request.approvers.map((person) => person.name).join(', ') || 'nobody holds the role approver'}
            {request.hasMoreApprovers && ' and others'}. Not {request.requester.name}, who requested it.
          </li>
        )}
      </ul>
      <ClaimButton request={request} />
    </div>
  )
}

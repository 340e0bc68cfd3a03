'use client'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { RequestDetail } from '@/model/schemas/operations'
import { useNow } from '../shell/clock'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { DecisionSheet } from './DecisionSheet'
import { WithdrawDialog } from './WithdrawDialog'
import { whyNotNow } from './why-not-now'

/** Reject and Approve, equally prominent and well apart; what stands in the way is said beneath. */
export function DecisionBar({ request }: { request: RequestDetail }) {
  const reasonId = useId()
  const [deciding, setDeciding] = useState<'approve' | 'reject' | null>(null)
  const [isWithdrawing, setWithdrawing] = useState(false)
  const me = useQuery(useTRPC().session.me.queryOptions())
  const nowMs = useNow()
  const hasExpired = Date.parse(request.approveBy) <= nowMs
  const whyNot = hasExpired ? 'This request has expired.' : request.whyNotYou
  const whyNotApprove =
    whyNot ??
    whyNotNow(request) ??
    (request.plan.loss.kind === 'unknown'
      ? 'The data loss is unknown: it must be bounded before anybody can approve.'
      : null) ??
    (request.drift.length > 0 ? 'The world has moved since this plan was made: a new plan is needed.' : null)
  const isMine = me.data?.personId === request.requester.id
  return (
    <div className="sticky bottom-0 z-20 -mx-4 grid gap-2 border-t border-hairline bg-surface-0 px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:-mx-6 lg:px-6">
      {whyNotApprove && (
        <p id={reasonId} className="text-sm text-ink-2">
          {whyNotApprove}
        </p>
      )}
      <div className="grid grid-cols-2 gap-4 sm:flex">
        <Button size="touch" disabledReason={whyNot} reasonShownAt={reasonId} onClick={() => setDeciding('reject')}>
          Reject
        </Button>
        <Button
          size="touch"
          tone="primary"
          disabledReason={whyNotApprove}
          reasonShownAt={reasonId}
          onClick={() => setDeciding('approve')}
        >
          Approve
        </Button>
        {isMine && (
          <Button size="touch" tone="ghost" className="max-sm:col-span-2" onClick={() => setWithdrawing(true)}>
            Withdraw my request
          </Button>
        )}
      </div>
      {deciding && (
        <DecisionSheet key={deciding} decision={deciding} request={request} onClose={() => setDeciding(null)} />
      )}
      {isWithdrawing && <WithdrawDialog request={request} onClose={() => setWithdrawing(false)} />}
    </div>
  )
}

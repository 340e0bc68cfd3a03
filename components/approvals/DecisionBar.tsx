'use client'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { RequestDetail } from '@/model/schemas/operations'
import { useNow } from '../shell/clock'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { StatusGlyph } from '../ui/StatusGlyph'
import { useHydrated } from '../ui/use-hydrated'
import { DecisionSheet } from './DecisionSheet'
import { sayVotesLeft, voteOf } from './say-votes'
import { WithdrawDialog } from './WithdrawDialog'
import { whyNotDecideHere } from './why-not-approve'

const BAR =
  'sticky bottom-0 z-20 -mx-4 grid gap-2 border-t border-hairline bg-surface-0 px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:-mx-6 lg:px-6'

/**
 * Reject and Approve, equally prominent and well apart; what stands in the way is said above them. Without scripts neither
 * works. Whoever has voted reads that in their place: a vote is given once and cannot be taken back.
 */
export function DecisionBar({ request }: { request: RequestDetail }) {
  const reasonId = useId()
  const isHydrated = useHydrated()
  const [deciding, setDeciding] = useState<'approve' | 'reject' | null>(null)
  const [isWithdrawing, setWithdrawing] = useState(false)
  const me = useQuery(useTRPC().session.me.queryOptions())
  const whyNot = whyNotDecideHere(request, useNow())
  const isMine = me.data?.personId === request.requester.id
  const vote = voteOf(request, me.data?.personId)
  if (vote)
    return (
      <div className={BAR}>
        <p className="flex items-center gap-2 font-medium text-ink-1">
          <StatusGlyph status="active" />
          <span>
            You {vote.decision === 'approve' ? 'approved' : 'rejected'} at{' '}
            <TimeStamp at={vote.decidedAt} form="clock" />. {sayVotesLeft(request)}
          </span>
        </p>
      </div>
    )
  return (
    <div className={BAR}>
      {whyNot.approve && (
        <p id={reasonId} className="text-sm text-ink-2">
          {whyNot.approve}
        </p>
      )}
      <noscript>
        <p className="text-sm text-ink-2">
          Deciding needs JavaScript, because the second factor is asked for. The command of this request is on this
          page.
        </p>
      </noscript>
      <div className="grid grid-cols-2 gap-4 sm:flex">
        <Button
          size="touch"
          disabled={!isHydrated}
          disabledReason={whyNot.reject}
          reasonShownAt={reasonId}
          onClick={() => setDeciding('reject')}
        >
          Reject
        </Button>
        <Button
          size="touch"
          tone="primary"
          disabled={!isHydrated}
          disabledReason={whyNot.approve}
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

'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '@/model/paths'
import { titleOfRule } from '@/model/rule-titles'
import type { BreakGlassView } from '@/model/schemas/break-glass'
import { sayLoss } from '../operations/say-loss'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { FailureCard } from '../shell/FailureCard'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Facts } from '../ui/Facts'
import { TextAreaField } from '../ui/Field'
import { Skeleton } from '../ui/Skeleton'
import { sayFences, sayMoved } from './review-facts'

const REVIEW_CHARS_MIN = 20

/** Who did what and when, every rule that was skipped with its reason, and what the reviewer found. A review is written, never ticked. */
export function ReviewDialog({ use, onClose }: { use: BreakGlassView; onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [review, setReview] = useState('')
  const send = useMutation(trpc.breakGlass.review.mutationOptions())
  const commit = async () => {
    await send.mutateAsync({ id: use.id, review: review.trim() })
    await cache.invalidateQueries(trpc.breakGlass.pathFilter())
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Review the break-glass of ${use.code}`}
      verb="Close the review"
      disabledReason={review.trim().length < REVIEW_CHARS_MIN ? 'Say what you looked at and what you found.' : null}
      commit={commit}
    >
      <Facts
        className="text-sm"
        facts={[
          ['Glass broken by', use.person.name],
          ['When', <TimeStamp key="at" at={use.startedAt} />],
          ['Why', use.reason],
        ]}
      />
      {use.operationId ? (
        <WhatCameOfIt operationId={use.operationId} />
      ) : (
        <p className="text-sm">Nothing was started.</p>
      )}
      <ul className="grid gap-1.5 text-sm">
        {use.rules.map(({ rule, reason }) => (
          <li key={rule}>
            <span className="font-medium text-ink-1">“{titleOfRule(rule)}”</span> did not count, because: {reason}
          </li>
        ))}
      </ul>
      {use.operationId && (
        <Link className="link text-sm" href={paths.operation({ id: use.operationId })}>
          Its steps, receipts and report
        </Link>
      )}
      <TextAreaField
        label="What you found"
        hint="Goes into the audit trail and closes it."
        maxLength={2_000}
        value={review}
        onChange={(event) => setReview(event.target.value)}
      />
    </ConfirmDialog>
  )
}

/** By which fence, what was moved and what may be lost, as the operation recorded it. */
function WhatCameOfIt({ operationId }: { operationId: string }) {
  const operation = useQuery(useTRPC().operations.get.queryOptions({ id: operationId }))
  if (operation.error)
    return <FailureCard error={operation.error} what="What came of it" onRetry={() => operation.refetch()} />
  if (!operation.data) return <Skeleton className="h-16 w-full" />
  const { receipts, report } = operation.data
  return (
    <Facts
      className="text-sm"
      facts={[
        ['Fence', sayFences(receipts)],
        ['Moved', sayMoved(operation.data)],
        ['Data loss', report === null ? 'not measured' : sayLoss(report.rpo)],
      ]}
    />
  )
}

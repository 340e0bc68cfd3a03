'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '@/model/paths'
import { titleOfRule } from '@/model/rule-titles'
import type { BreakGlassView } from '@/model/schemas/break-glass'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { TextAreaField } from '../ui/Field'

const REVIEW_CHARS_MIN = 20

/** Every rule that was skipped, with its reason, and what the reviewer found. A review is written, never ticked. */
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

'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '@/model/paths'
import type { BreakGlassView } from '@/model/schemas/break-glass'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { ReviewDialog } from './ReviewDialog'

/** Uses of break-glass that nobody has reviewed yet. Takes no room while there are none. */
export function OpenBreakGlass() {
  const open = useQuery(useTRPC().breakGlass.list.queryOptions({ status: 'open' }))
  const [reviewing, setReviewing] = useState<BreakGlassView | null>(null)
  if (!open.error && !open.data?.length) return null
  return (
    <>
      <Panel title="Break-glass to review" note="Another person than its user must" query={open} padded={false}>
        {(uses) => (
          <ul aria-label="Uses of break-glass that wait for a review" className="divide-y divide-hairline">
            {uses.map((use) => (
              <li key={use.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <span className="min-w-0 flex-1 basis-60">
                  <Link href={paths.approval({ id: use.requestId })} className="font-medium text-ink-1 hover:underline">
                    <span className="font-mono text-ink-3">{use.code}</span> {use.title}
                  </Link>
                  <span className="block text-sm text-ink-2">
                    {use.person.name} <TimeStamp at={use.startedAt} form="ago" />, without a second person: {use.reason}
                  </span>
                </span>
                <Button
                  aria-label={`Review the break-glass of ${use.code}`}
                  disabledReason={use.whyNotYou}
                  onClick={() => setReviewing(use)}
                >
                  Review
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {reviewing && <ReviewDialog use={reviewing} onClose={() => setReviewing(null)} />}
    </>
  )
}

'use client'
import { useQuery } from '@tanstack/react-query'
import { FailureCard } from '../shell/FailureCard'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Notice } from '../ui/Notice'
import { Skeleton } from '../ui/Skeleton'

/** Whether the chain verifies, up to where, and what still waits for its number. Red names the first bad event. */
export function ChainStrip() {
  const query = useQuery(useTRPC().audit.chain.queryOptions(undefined, { staleTime: 15_000 }))
  if (query.error) return <FailureCard error={query.error} what="Chain status" onRetry={() => void query.refetch()} />
  if (!query.data) return <Skeleton className="h-11 w-full" />
  const { intact, says, firstBadSeq, lastSeq, checkedAt, inboxCount } = query.data
  const waiting = inboxCount === 0 ? 'none waits for its number' : `${inboxCount} wait for their number`
  return (
    <Notice status={intact === null ? 'unknown' : intact ? 'ok' : 'crit'}>
      <span data-chain={intact === null ? 'unknown' : intact ? 'intact' : 'broken'} className="font-medium">
        {intact === false ? `Chain broken at event ${firstBadSeq}. ${says}` : says}
      </span>{' '}
      <span className="text-sm text-ink-3">
        Last event {lastSeq ?? 'none'}, {waiting}
        {checkedAt && (
          <>
            , walked <TimeStamp at={checkedAt} form="ago" />
          </>
        )}
      </span>
    </Notice>
  )
}

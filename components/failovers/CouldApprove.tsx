'use client'
import { useQuery } from '@tanstack/react-query'
import type { OperationKind } from '@/model/operation-kinds'
import { FailureCard } from '../shell/FailureCard'
import { useTRPC } from '../trpc'
import { StatusGlyph } from '../ui/StatusGlyph'

/** Said before anybody is asked: who could approve this now, and whether that is enough. */
export function CouldApprove({ kind, cellId }: { kind: OperationKind; cellId: string }) {
  const query = useQuery(useTRPC().people.couldApprove.queryOptions({ kind, cellId }))
  if (query.error)
    return <FailureCard error={query.error} what="Who could approve" onRetry={() => void query.refetch()} />
  if (!query.data) return <p className="h-6 text-sm text-ink-3">Looking who could approve…</p>
  const { isEnough, says } = query.data
  return (
    <p className="flex items-baseline gap-2 text-sm" data-enough={isEnough}>
      <StatusGlyph status={isEnough ? 'ok' : 'crit'} size={10} />
      <span className={isEnough ? 'text-ink-2' : 'text-ink-1'}>
        <span className="text-ink-3">Who could approve now: </span>
        {says}
      </span>
    </p>
  )
}

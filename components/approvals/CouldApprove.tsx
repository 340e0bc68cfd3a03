'use client'
import { useQuery } from '@tanstack/react-query'
import type { CouldApproveQuery } from '@/model/schemas/people'
import { useTRPC } from '../trpc'
import { Notice } from '../ui/Notice'

/** Who could say yes, told before anybody is asked. Nothing until it is known. */
export function CouldApprove({ kind, cellId }: CouldApproveQuery) {
  const answer = useQuery(useTRPC().people.couldApprove.queryOptions({ kind, cellId }))
  if (!answer.data) return null
  const { isEnough, says } = answer.data
  if (!isEnough) return <Notice status="warn">{says}</Notice>
  return <p className="text-sm text-ink-2">{says}</p>
}

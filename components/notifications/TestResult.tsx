'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { formatMs } from '@/model/format'
import type { Status } from '@/model/observations'
import type { DeliveryView } from '@/model/schemas/notifications'
import { useNow } from '../shell/clock'
import { FailureCard } from '../shell/FailureCard'
import { useTRPC } from '../trpc'
import { Notice } from '../ui/Notice'
import { TEST_REFETCH_MS, UNTAKEN_MS_MAX } from './refetch'

/** What became of a test, as it happens: announced to those who do not see it change. */
export function TestResult({ deliveryId }: { deliveryId: string }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const nowMs = useNow()
  const { data: delivery, error } = useQuery(
    trpc.notifications.delivery.queryOptions(
      { id: deliveryId },
      { refetchInterval: ({ state }) => (isOver(state.data) ? false : TEST_REFETCH_MS) },
    ),
  )
  const isDone = isOver(delivery)
  // The list and the log know of the outcome only when they are asked again.
  useEffect(() => {
    if (isDone) void cache.invalidateQueries(trpc.notifications.pathFilter())
  }, [isDone, cache, trpc])
  if (error && !delivery) return <FailureCard error={error} what="Test" />
  const { status, says } = sayTest(delivery, nowMs)
  return (
    <div role="status">
      <Notice status={status}>{says}</Notice>
    </div>
  )
}

function isOver(delivery: DeliveryView | undefined): boolean {
  return delivery !== undefined && delivery.status !== 'queued'
}

function sayTest(delivery: DeliveryView | undefined, nowMs: number): { status: Status; says: string } {
  if (!delivery) return { status: 'active', says: 'The test is queued…' }
  const { status, attempts, createdAt, lastAttemptAt, deliveredAt, responseCode, lastError } = delivery
  if (status === 'failed') return { status: 'crit', says: `The test did not arrive. ${lastError ?? ''}`.trim() }
  if (status === 'delivered' && deliveredAt && lastAttemptAt) {
    const tookMs = Date.parse(deliveredAt) - Date.parse(lastAttemptAt)
    const answered = responseCode === null ? '' : `, answer ${responseCode}`
    return {
      status: lastError ? 'warn' : 'ok',
      says: `The test arrived in ${formatMs(tookMs)}${answered}. ${lastError ?? ''}`.trim(),
    }
  }
  if (attempts > 0) return { status: 'active', says: 'The test is on its way: waiting for an answer…' }
  if (nowMs - Date.parse(createdAt) > UNTAKEN_MS_MAX)
    return { status: 'warn', says: 'No worker has taken the test yet. Is one running? See Console health.' }
  return { status: 'active', says: 'The test is queued…' }
}

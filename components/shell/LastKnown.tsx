'use client'
import type { ReactNode } from 'react'
import { formatSpan, formatUtc } from '@/model/format'
import type { Seen } from '@/model/schemas/common'
import { ageOf, useNow } from './clock'

/**
 * A value as it may be read now: fresh values stand as they are, a stale one says so, one past five intervals becomes
 * "last 42 ms at 03:10:22Z", and one that was never seen is the word "unknown", never a number.
 */
export function LastKnown({ value, seen }: { value: ReactNode | null; seen: Pick<Seen, 'observedAt' | 'intervalMs'> }) {
  const nowMs = useNow()
  const { freshness, ageMs, observedAtMs } = ageOf(seen, nowMs)
  if (value === null || freshness === 'unknown') return <span className="text-unknown">unknown</span>
  if (freshness === 'fresh') return value
  if (freshness === 'stale')
    return (
      <span className="text-unknown">
        {value} <span className="text-xs whitespace-nowrap">stale {formatSpan(ageMs!)}</span>
      </span>
    )
  return (
    <span className="hatch rounded-sm px-1 text-unknown">
      last {value} <span className="text-xs whitespace-nowrap">at {formatUtc(observedAtMs!, nowMs)}</span>
    </span>
  )
}

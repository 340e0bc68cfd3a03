'use client'
import type { Freshness, Status } from '@/model/observations'
import type { Seen } from '@/model/schemas/common'
import { ageOf, useFreshness } from './clock'

/** Worst first: what is unknown may be anything, so only what is known to be down comes before it. */
const rank = { crit: 0, unknown: 1, warn: 2, active: 3, ok: 4 } as const satisfies Record<Status, number>

export function worstFirst(a: Status, b: Status): number {
  return rank[a] - rank[b]
}

/** A status as it may be shown now: good news is true only while fresh, a warning while recent, and what is down stays so. */
export function agedStatus(status: Status, freshness: Freshness): Status {
  if (status === 'ok') return freshness === 'fresh' ? 'ok' : 'unknown'
  const isOld = freshness === 'last-known' || freshness === 'unknown'
  return isOld && status !== 'crit' ? 'unknown' : status
}

export function statusAt(status: Status, seen: Pick<Seen, 'observedAt' | 'intervalMs'>, nowMs: number): Status {
  return agedStatus(status, ageOf(seen, nowMs).freshness)
}

export function useStatusNow(status: Status, seen: Pick<Seen, 'observedAt' | 'intervalMs'>): Status {
  return agedStatus(status, useFreshness(seen))
}

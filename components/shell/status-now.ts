'use client'
import type { Freshness, Status } from '@/model/observations'
import type { Seen } from '@/model/schemas/common'
import { ageOf, useFreshness } from './clock'
import { connectionOf, type LiveState } from './live-state'

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

/** A summary of everything may change with every event: once events do not arrive, it is as old as a stale one. */
export function heardStatus(status: Status, freshness: Freshness, live: LiveState): Status {
  return agedStatus(status, freshness === 'fresh' && connectionOf(live) === 'lost' ? 'stale' : freshness)
}

type Answer = {
  hasFailed: boolean
  /** When the answer came, in ms of the server's clock; null when that is not known. */
  fetchedAtMs: number | null
  /** The observation behind the answer, where it has one. */
  seen: Seen | null
}

/**
 * Whether "there is none" may be read as true now, and how old it is. A list without an observation of its own is true from
 * its fetch on for as long as changes would be heard; one that rests on an observation only while that is fresh.
 */
export function emptyNow({ hasFailed, fetchedAtMs, seen }: Answer, live: LiveState, nowMs: number) {
  const observedAt = seen?.observedAt ?? (fetchedAtMs === null ? null : new Date(fetchedAtMs).toISOString())
  const { freshness, ageMs } = ageOf({ observedAt, intervalMs: seen?.intervalMs ?? 0 }, nowMs)
  const connection = connectionOf(live)
  const isHeard = connection === 'live' && !live.isPaused && !seen?.observedAt
  return { isCurrent: !hasFailed && connection !== 'lost' && (isHeard || freshness === 'fresh'), ageMs }
}

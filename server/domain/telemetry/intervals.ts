import { freshnessOf, PROBE_INTERVAL_MS, type ProbeKind } from '@/model/observations'

/** How often each thing is looked at. A reader calls a value stale after twice its interval (model/observations.ts). */
export const MEMBER_INTERVAL_MS = 2_000
export const LAG_INTERVAL_MS = 2_000
export const PROCESS_INTERVAL_MS = 5_000
/** A connection costs the server a process and several round trips, so it is opened rarely. */
export const CONNECT_INTERVAL_MS = 30_000
/**
 * Long enough for the first probe of a connection over the longest way: signing in takes five round trips, 1.3 s between
 * Sydney and Dublin. A member that never answers is therefore looked at every 4 s rather than every 2 s.
 */
export const PROBE_TIMEOUT_MS = 3_000

export const probeIntervalMs = {
  connect: CONNECT_INTERVAL_MS,
  read: PROBE_INTERVAL_MS,
  write: PROBE_INTERVAL_MS,
} as const satisfies Record<ProbeKind, number>

/** Only a fresh observation may decide a status: a stale one is a memory, and its status is unknown. */
export function isFresh(observedAt: Date | null, nowMs: number, intervalMs: number): boolean {
  return freshnessOf(observedAt, nowMs, intervalMs) === 'fresh'
}

/** So old that whoever should have looked has stopped looking. */
export function isAbandoned(observedAt: Date | null, nowMs: number, intervalMs: number): boolean {
  const freshness = freshnessOf(observedAt, nowMs, intervalMs)
  return freshness === 'last-known' || freshness === 'unknown'
}

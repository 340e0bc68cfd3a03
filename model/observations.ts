/**
 * How a value is known. Unknown is never a number and never green: a view that has no `observedAt` shows "unknown",
 * one whose age is above twice the interval shows "stale", and above five times it shows the last value with its date.
 */
export type Freshness = 'fresh' | 'stale' | 'last-known' | 'unknown'

export const PROBE_INTERVAL_MS = 2_000
export const SAMPLE_BUCKET_MS = 10_000
const STALE_AFTER_INTERVALS = 2
const LAST_KNOWN_AFTER_INTERVALS = 5

export function freshnessOf(observedAt: Date | null, nowMs: number, intervalMs: number): Freshness {
  if (observedAt === null) return 'unknown'
  const ageMs = nowMs - observedAt.getTime()
  if (ageMs <= STALE_AFTER_INTERVALS * intervalMs) return 'fresh'
  return ageMs <= LAST_KNOWN_AFTER_INTERVALS * intervalMs ? 'stale' : 'last-known'
}

/** connect: TCP, TLS and sign-in. read: one point read on a kept connection. write: a one-row committed write through the gate. */
export const probeKinds = ['connect', 'read', 'write'] as const
export type ProbeKind = (typeof probeKinds)[number]

/**
 * `refused`: the gate or a standby said no, so the server is alive. `unreachable`: no answer came from that vantage. `error`:
 * the server answered with one. `unasked`: nothing was sent, for a reason of the console's own, so nothing is known.
 */
export const probeOutcomes = ['ok', 'refused', 'timeout', 'unreachable', 'error', 'unasked'] as const
export type ProbeOutcome = (typeof probeOutcomes)[number]

/**
 * How far a probe came that got no answer. nothing: no connection came about. refused: the other side refused it at once.
 * accepted: it was accepted, and then nothing or the end came. stranger: another server answered.
 */
export const probeReaches = ['nothing', 'refused', 'accepted', 'stranger'] as const
export type ProbeReach = (typeof probeReaches)[number]

export const lagStates = ['streaming', 'catching-up', 'disconnected', 'unknown'] as const
export type LagState = (typeof lagStates)[number]

/** The five statuses of the visual system. Severity is a separate thing. */
export const statuses = ['ok', 'warn', 'crit', 'active', 'unknown'] as const
export type Status = (typeof statuses)[number]

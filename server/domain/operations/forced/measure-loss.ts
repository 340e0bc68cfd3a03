import type { FenceStrength } from '@/model/states'
import { CLOCK_SKEW_MS_MAX } from '@/server/engines/contract'
import { sayTime } from '../say-time'
import type { LastAckBasis } from './decide-loss'
import { CLOCK_READING_MS } from './limits'

export type FencedSight = {
  source: string
  target: string
  /** How it was fenced, and from when on it acknowledges nothing: by its own clock where its gate was closed, else by the agent's or ours. */
  strength: FenceStrength
  closedAtMs: number | null
  /** What was known before the fence: the last moment at which it can have acknowledged, by our clock; null while it could go on. */
  before: { lastAckAtMs: number; basis: LastAckBasis } | null
  /** The last answer that any vantage had from it, by our clock. */
  lastAnswerAtMs: number | null
  /** Its clock less ours. */
  clockSkewMs: number
  /** The newest heartbeat of its that the drained target holds, by its own clock. */
  heartbeatAtMs: number | null
}

export type MeasuredLoss = { lossSeconds: number | null; lossBasis: string; keptHeartbeatAtMs: number | null }

/** Pure: from the newest heartbeat that the target holds to the last moment at which the old primary can have acknowledged. */
export function measureLoss(sight: FencedSight): MeasuredLoss {
  const lastAckAtMs = lastAckOf(sight)
  const keptHeartbeatAtMs = sight.heartbeatAtMs === null ? null : sight.heartbeatAtMs - sight.clockSkewMs
  if (lastAckAtMs === null || keptHeartbeatAtMs === null) {
    const lossBasis = 'Nobody knows when the old primary last acknowledged a write.'
    return { lossSeconds: null, lossBasis, keptHeartbeatAtMs }
  }
  const missingMs = Math.max(0, lastAckAtMs - keptHeartbeatAtMs) + CLOCK_READING_MS
  return {
    lossSeconds: Math.ceil(missingMs / 100) / 10,
    lossBasis: `${sight.target} holds the heartbeat of ${sayTime(keptHeartbeatAtMs)}; ${sight.source} acknowledged nothing after ${sayTime(lastAckAtMs)}.`,
    keptHeartbeatAtMs,
  }
}

/**
 * By our clock; null is not known. A server whose gate we closed was alive until then, whatever was seen before. Of any other the
 * earlier of two ends counts, and the one that rests on silence only as long as nobody has had an answer since: a server that
 * was started again in between may have acknowledged more.
 */
function lastAckOf({ strength, closedAtMs, before, lastAnswerAtMs, clockSkewMs }: FencedSight): number | null {
  if (strength === 'PROVEN') return closedAtMs === null ? null : closedAtMs - clockSkewMs
  const hasSpoken = before?.basis === 'refusal' && lastAnswerAtMs !== null && lastAnswerAtMs > before.lastAckAtMs
  const ends = [
    before && !hasSpoken ? before.lastAckAtMs : null,
    closedAtMs !== null && strength === 'POWERED_OFF' ? closedAtMs + CLOCK_SKEW_MS_MAX : closedAtMs,
  ].filter((end) => end !== null)
  return ends.length === 0 ? null : Math.min(...ends)
}

import type { LagState, Status } from '@/model/observations'
import { isFresh, LAG_INTERVAL_MS } from './intervals'

/**
 * Status of a lag as shown: unknown is never ok, and an old reading is unknown. The measure is the heartbeat's age, since
 * bytes say nothing of time and the engine's own number falls silent when idle.
 */
export function decideLagStatus(
  lag: { state: LagState; heartbeatAgeMs: number | null; observedAt: Date | null; lagMsMax: number },
  { nowMs, intervalMs = LAG_INTERVAL_MS }: { nowMs: number; intervalMs?: number },
): Status {
  if (lag.state === 'unknown' || !isFresh(lag.observedAt, nowMs, intervalMs)) return 'unknown'
  if (lag.state === 'disconnected') return 'crit'
  if (lag.heartbeatAgeMs === null) return 'unknown'
  if (lag.heartbeatAgeMs > lag.lagMsMax || lag.state === 'catching-up') return 'warn'
  return 'ok'
}

import { CAUSE_EVERY_MS, GATHER_MS_MAX, GATHER_QUIET_MS } from './limits'

/** News of one cause that are due on one channel. All by the catalog's clock. */
export type Gathering = { oldestAt: Date; newestAt: Date; lastSentAt: Date | null; now: Date }

/** Milliseconds to wait before they are sent as one message; 0: now. */
export function decideGathering({ oldestAt, newestAt, lastSentAt, now }: Gathering): number {
  const sinceLastMs = lastSentAt ? now.getTime() - lastSentAt.getTime() : Number.POSITIVE_INFINITY
  const untilNextMs = Math.max(0, CAUSE_EVERY_MS - sinceLastMs)
  const untilQuietMs = Math.max(0, GATHER_QUIET_MS - (now.getTime() - newestAt.getTime()))
  const untilFullMs = Math.max(0, GATHER_MS_MAX - (now.getTime() - oldestAt.getTime()))
  return Math.max(untilNextMs, Math.min(untilQuietMs, untilFullMs))
}

import { renewEveryMs } from './limits'

/** What a keeper knows of one lease at one epoch. Instants are milliseconds by the catalog's clock. */
export type LeaseKnown = {
  grantedUntilMs: number
  /** The end that the catalog has noted as the next one, if it was asked in time. */
  notedUntilMs: number | null
  /** An order whose outcome nobody knows. */
  pendingUntilMs: number | null
  /** The end that the gate has confirmed last. */
  appliedUntilMs: number | null
  /** Whether the server was read, or has confirmed an order, since the last one that failed. */
  isSeen: boolean
}

export type Decision =
  | { kind: 'order'; untilMs: number }
  /** Look at the server before anything new is ordered. */
  | { kind: 'look' }
  | { kind: 'wait'; forMs: number }
  /** Nothing is granted any more that has not passed. */
  | { kind: 'out-of-grant' }

/**
 * What to do now. An unknown order is repeated with the same instant until it is confirmed or has passed, and afterwards
 * nothing is ordered before the server was seen: so the lease of a server that does not answer ends at a known instant.
 */
export function decideOrder(known: LeaseKnown, { nowMs, leaseMs }: { nowMs: number; leaseMs: number }): Decision {
  if (known.pendingUntilMs !== null && known.pendingUntilMs > nowMs)
    return { kind: 'order', untilMs: known.pendingUntilMs }
  if (!known.isSeen) return { kind: 'look' }
  const dueMs = (known.appliedUntilMs ?? 0) - leaseMs + renewEveryMs(leaseMs)
  if (dueMs > nowMs) return { kind: 'wait', forMs: dueMs - nowMs }
  const leastMs = Math.max(nowMs, known.appliedUntilMs ?? 0)
  if (known.notedUntilMs !== null && known.notedUntilMs > leastMs) return { kind: 'order', untilMs: known.notedUntilMs }
  const untilMs = Math.min(nowMs + leaseMs, known.grantedUntilMs)
  return untilMs > leastMs ? { kind: 'order', untilMs } : { kind: 'out-of-grant' }
}

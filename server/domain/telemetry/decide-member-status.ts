import type { Status } from '@/model/observations'
import { isAbandoned, isFresh, MEMBER_INTERVAL_MS } from './intervals'

/** A member as last observed, joined with what the catalog expects of it. */
export type MemberSight = {
  id: string
  region: string
  isActive: boolean
  state: 'reachable' | 'unreachable' | 'unknown'
  role: 'primary' | 'standby' | null
  gateStatus: string | null
  gateEpoch: bigint | null
  gateRegion: string | null
  /** The server that the gate lets write, and its own name. Where one of them is not known, the region alone tells. */
  gateServer?: string | null
  serverName?: string | null
  /** Until when it may write without hearing from the console; null: it holds no lease. */
  leaseUntil?: Date | null
  unprotected: readonly string[]
  observedAt: Date | null
}

/**
 * A primary takes writes unless its gate says otherwise; one without a gate takes them too. A lease is held against the moment of
 * the observation: it is renewed every second, and the end that was seen then says nothing about now.
 */
export function isWriter(member: MemberSight): boolean {
  if (member.state !== 'reachable' || member.role !== 'primary') return false
  if (member.gateStatus === null) return true
  const { gateServer, serverName, leaseUntil, observedAt } = member
  const isOwn = gateServer && serverName ? gateServer === serverName : member.gateRegion === member.region
  return member.gateStatus === 'WRITABLE' && isOwn && !(leaseUntil && observedAt && leaseUntil <= observedAt)
}

export function decideMemberStatus(
  member: MemberSight,
  { nowMs, intervalMs = MEMBER_INTERVAL_MS }: { nowMs: number; intervalMs?: number },
): Status {
  // "No answer" stands until somebody has looked again or nobody looks any more: its next look may take its whole deadline.
  if (member.state === 'unreachable') return isAbandoned(member.observedAt, nowMs, intervalMs) ? 'unknown' : 'crit'
  if (member.state === 'unknown' || !isFresh(member.observedAt, nowMs, intervalMs)) return 'unknown'
  if (member.unprotected.length > 0) return 'crit'
  if (member.isActive) return member.role === 'primary' && isWriter(member) ? 'ok' : 'crit'
  if (member.role === 'standby') return 'ok'
  return isWriter(member) ? 'crit' : 'warn'
}

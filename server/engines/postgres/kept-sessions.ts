import { performance } from 'node:perf_hooks'
import type { CallOptions, Endpoint } from '@/server/engines/contract'
import { failureOf, SessionError } from './failures'
import { type Identity, identify, whyNotMember } from './identity'
import { remaining, Session } from './session'

/**
 * Looking never takes a connection from acting: a fence must not queue behind slow probes. Each lane of each (member,
 * vantage, role) has its own connections and its own cap.
 */
export type Lane = 'look' | 'act'
export type Role = 'admin' | 'app'
/** By these names a server tells the sessions that may change something from those that only look. */
export const ACT_APPLICATION_NAME = 'homeport-act'
const APPLICATION_NAMES: Record<Lane, string> = { look: 'homeport-look', act: ACT_APPLICATION_NAME }

const SESSIONS_PER_KEY_MAX = 4
const IDLE_PER_KEY_MAX = 2
const IDLE_MS_MAX = 60_000
const SWEEP_EVERY_MS = 15_000
const GIVEN_UP_PER_MEMBER_MAX = 20

type Kept = { session: Session; identity: Identity; idleSinceMs: number }
type Lot = { openCount: number; idle: Kept[] }
type Use<T> = (session: Session, call: CallOptions, identity: Identity) => Promise<T>

/** Signed-in connections, kept between calls. A connection that failed other than by an SQL error is never kept. */
export class KeptSessions {
  private readonly lots = new Map<string, Lot>()
  private readonly abandoned = new Map<string, readonly number[]>()
  private isClosed = false
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_EVERY_MS).unref()

  /** For reads: a kept connection that turns out to be broken is replaced once, since asking again is harmless. */
  async look<T>(endpoint: Endpoint, role: Role, call: CallOptions, use: Use<T>): Promise<T> {
    const startedAtMs = performance.now()
    const kept = this.lot(endpoint, 'look', role).idle.length > 0
    try {
      return await this.with(endpoint, 'look', role, call, use)
    } catch (error) {
      if (!kept || failureOf(error, true).kind !== 'broken') throw error
      this.dropIdle(endpoint, 'look', role)
      return this.with(endpoint, 'look', role, remaining(call, startedAtMs), use)
    }
  }

  /** For effects: sent at most once. A session left with an unknown outcome is remembered by its number. */
  act<T>(endpoint: Endpoint, role: Role, call: CallOptions, use: Use<T>): Promise<T> {
    return this.with(endpoint, 'act', role, call, async (session, left, identity) => {
      try {
        return await use(session, left, identity)
      } catch (error) {
        const failure = failureOf(error, true)
        if (failure.kind !== 'answered' && failure.kind !== 'not-asked' && failure.sent) {
          const before = this.givenUp(endpoint.memberId)
          this.abandoned.set(endpoint.memberId, [...before, identity.processId].slice(-GIVEN_UP_PER_MEMBER_MAX))
        }
        throw error
      }
    })
  }

  /** The member's backends whose last order has no known outcome: the next order ends them first. */
  givenUp(memberId: string): readonly number[] {
    return this.abandoned.get(memberId) ?? []
  }

  async close(): Promise<void> {
    this.isClosed = true
    clearInterval(this.sweeper)
    for (const lot of this.lots.values()) for (const { session } of lot.idle.splice(0)) session.end()
    this.lots.clear()
  }

  private async with<T>(endpoint: Endpoint, lane: Lane, role: Role, call: CallOptions, use: Use<T>): Promise<T> {
    const startedAtMs = performance.now()
    const lot = this.lot(endpoint, lane, role)
    const taken = takeIdle(lot) ?? (await this.open(lot, endpoint, lane, role, call))
    try {
      return await use(taken.session, remaining(call, startedAtMs), taken.identity)
    } finally {
      this.giveBack(lot, taken)
    }
  }

  private async open(lot: Lot, endpoint: Endpoint, lane: Lane, role: Role, call: CallOptions): Promise<Kept> {
    if (this.isClosed) throw new SessionError({ kind: 'not-asked', detail: 'The engine adapter is closed.' })
    if (lot.openCount >= SESSIONS_PER_KEY_MAX) {
      const detail = `${SESSIONS_PER_KEY_MAX} calls to ${endpoint.memberId} are still waiting: no connection is free.`
      throw new SessionError({ kind: 'not-asked', detail })
    }
    lot.openCount += 1
    try {
      const opened = await openChecked(endpoint, role, lane, call)
      return { ...opened, idleSinceMs: 0 }
    } catch (error) {
      lot.openCount -= 1
      throw error
    }
  }

  private giveBack(lot: Lot, taken: Kept): void {
    if (taken.session.isUsable && !this.isClosed && lot.idle.length < IDLE_PER_KEY_MAX) {
      lot.idle.push({ ...taken, idleSinceMs: performance.now() })
      return
    }
    lot.openCount -= 1
    taken.session.destroy()
  }

  private dropIdle(endpoint: Endpoint, lane: Lane, role: Role): void {
    const lot = this.lot(endpoint, lane, role)
    for (const { session } of lot.idle.splice(0)) {
      lot.openCount -= 1
      session.destroy()
    }
  }

  private sweep(): void {
    const oldestMs = performance.now() - IDLE_MS_MAX
    for (const [key, lot] of this.lots) {
      const expired = lot.idle.filter((kept) => kept.idleSinceMs < oldestMs || !kept.session.isUsable)
      lot.idle = lot.idle.filter((kept) => !expired.includes(kept))
      lot.openCount -= expired.length
      for (const { session } of expired) session.end()
      if (lot.openCount === 0) this.lots.delete(key)
    }
  }

  private lot(endpoint: Endpoint, lane: Lane, role: Role): Lot {
    const { memberId, vantageRegion, host, port, database } = endpoint
    const key = JSON.stringify([memberId, vantageRegion, host, port, database, endpoint[role].user, role, lane])
    const found = this.lots.get(key) ?? { openCount: 0, idle: [] }
    this.lots.set(key, found)
    return found
  }
}

/** The one used last, so that the others can grow old; dead ones are dropped on the way. */
function takeIdle(lot: Lot): Kept | null {
  for (let kept = lot.idle.pop(); kept; kept = lot.idle.pop()) {
    if (kept.session.isUsable) return kept
    lot.openCount -= 1
    kept.session.destroy()
  }
  return null
}

/**
 * A signed-in session to the member itself: whoever else answers on its port is refused before anything is asked. One that
 * does not say who it is may be looked at, never acted on.
 */
export async function openChecked(
  endpoint: Endpoint,
  role: Role,
  lane: Lane,
  call: CallOptions,
): Promise<{ session: Session; identity: Identity; signedInAtMs: number }> {
  const startedAtMs = performance.now()
  const session = await Session.open(endpoint, { role, applicationName: APPLICATION_NAMES[lane] }, call)
  const signedInAtMs = performance.now()
  try {
    const identity = await identify(session, remaining(call, startedAtMs))
    const problem = whyNotMember(identity, endpoint)
    if (problem && !(lane === 'look' && identity.name === null)) {
      throw new SessionError({ kind: 'not-asked', detail: problem, reach: 'stranger' })
    }
    return { session, identity, signedInAtMs }
  } catch (error) {
    session.destroy()
    throw error
  }
}

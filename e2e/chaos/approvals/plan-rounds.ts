import type { Random } from '../seeded-random'

/**
 * What changes between the request and the clicks, or while they fall. By a person with rights: revoke-role, disable, machine
 * (an approver), late-grant (somebody new), self-role (the requester), policy. By the world: epoch, timeline. By whoever has
 * the database: edit-plan, edit-request. By time: expired, with a clock of ours that is right, or behind.
 */
const gaps = [
  'none',
  'revoke-role',
  'disable',
  'machine',
  'late-grant',
  'self-role',
  'policy',
  'epoch',
  'timeline',
  'edit-plan',
  'edit-request',
  'expired',
  'expired-clock-behind',
  'old-proof',
  'signed-out',
] as const
export type Gap = (typeof gaps)[number]

export type Round = {
  kind: 'planned-switchover' | 'forced-failover'
  quorum: number
  gap: Gap
  /** Before the first click; or this long after the clicks began, in the middle of them. */
  afterMs: number | null
  clicks: number
  /** Clicks that say no. */
  vetoes: number
  /** The glass is broken for the same cell while the clicks fall. */
  isGlassBroken: boolean
}

const CLICKS = 50
const QUORUM_MAX = 3
const AFTER_MS_MAX = 150

/** Gaps in turn, so that few rounds meet each; the rest is drawn from the seed. */
export function planRounds(random: Random, runs: number): Round[] {
  const order = random.shuffled(gaps)
  return Array.from({ length: runs }, (_, run) => {
    const own = random.forRun(run)
    return {
      kind: own.next() < 0.3 ? 'forced-failover' : 'planned-switchover',
      quorum: 1 + own.below(QUORUM_MAX),
      gap: order[run % order.length]!,
      afterMs: own.next() < 0.5 ? null : own.below(AFTER_MS_MAX),
      clicks: CLICKS,
      vetoes: own.next() < 0.25 ? 1 + own.below(2) : 0,
      isGlassBroken: own.next() < 0.15,
    }
  })
}

export function describeRound({ kind, quorum, gap, afterMs, clicks, vetoes, isGlassBroken }: Round): string {
  const when = afterMs === null ? 'before' : `${afterMs} ms into`
  return [
    `${kind} by ${quorum}: ${gap} ${when} ${clicks} clicks`,
    vetoes > 0 && `${vetoes} of them no`,
    isGlassBroken && 'glass broken',
  ]
    .filter(Boolean)
    .join(', ')
}

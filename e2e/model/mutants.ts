import type { ScopeName } from './protocol'
import type { Rules } from './rules'

/** Plausible mistakes, one each: the protocol with a rule replaced. Every one must have a counterexample in the scope it names. */
export type Mutant = { scope: ScopeName; change: Partial<Rules>; breaks: string }

export const mutants: Record<string, Mutant> = {
  'promote before the receipt': {
    scope: 'approvals',
    change: { mayGoOnWithoutReceipt: () => true },
    breaks: 'no promotion without a receipt',
  },
  'outlive a lease without the clock skew': {
    scope: 'a write lease and its keeper',
    change: { isPast: (nowTicks, end) => nowTicks > end },
    breaks: 'no stale commit',
  },
  'thaw after the fence': {
    scope: 'approvals',
    change: { epochBack: (plan) => plan.epoch, mayOpen: () => true },
    breaks: 'epochs only rise',
  },
  'count two votes of one person': {
    scope: 'approvals',
    change: { acceptsVote: (_, person) => person !== 'requester', isQuorum: (votes) => votes.length >= 2 },
    breaks: 'no consumption without quorum',
  },
  'let the requester vote': {
    scope: 'approvals',
    change: { acceptsVote: (votes, person) => !votes.includes(person) },
    breaks: 'no consumption without quorum',
  },
  'count the vote of somebody who left': {
    scope: 'approvals',
    change: { isQuorum: (votes) => votes.length >= 2 },
    breaks: 'no consumption without quorum',
  },
  'take a dead process for a fence': {
    scope: 'approvals',
    change: { isFencedByDeath: ({ power }) => power !== 'on' },
    breaks: 'no stale commit',
  },
  'close the gate without waiting for writers': {
    scope: 'approvals',
    change: { isQuiet: () => true },
    breaks: 'no stale commit',
  },
  'judge the lease at the write alone': {
    scope: 'a write lease and its keeper',
    change: { isCommitJudged: () => false },
    breaks: 'no stale commit',
  },
  'grant a stopped lease again': {
    scope: 'a write lease and its keeper',
    change: { mayGrant: () => true, leaseEnd: (lease) => lease.finalUntil ?? lease.grantedUntil - 1 },
    breaks: 'no stale commit',
  },
  'order after the last word': {
    scope: 'a write lease and its keeper',
    change: { mayOrder: () => true },
    breaks: 'no stale commit',
  },
  'start a server that is locked out': {
    scope: 'an abort at any moment',
    change: { mayStart: () => true },
    breaks: 'no stale commit',
  },
  'take orders of any epoch': {
    scope: 'one failover',
    change: { mayFence: () => true, mayOpen: () => true },
    breaks: 'epochs only rise',
  },
  'record without the lease': {
    scope: 'an abort at any moment',
    change: { holdsLease: (operation, { plan }) => operation?.number === plan.number },
    breaks: 'The model moved',
  },
}

import {
  type Gate,
  type Keeper,
  type Lease,
  type Operation,
  type Order,
  type Person,
  type Plan,
  QUORUM,
  type Server,
  SKEW_TICKS,
  type Work,
} from './state'

/**
 * Every place at which the protocol decides whether something may be, one function each: a mutant is this table with one of them
 * replaced by what somebody might think is enough.
 */
export type Rules = typeof rules

export const rules = {
  /** Another person than the requester, who holds the role, and who has not voted yet. */
  acceptsVote: (votes: readonly Person[], person: Person) => person !== 'requester' && !votes.includes(person),
  /** Distinct people who may still approve when the quorum is counted. */
  isQuorum: (votes: readonly Person[], resigned: Person | null) =>
    new Set(votes.filter((person) => person !== resigned)).size >= QUORUM,
  /** Nobody's vote outlives the world it was given for. */
  isStillTrue: (planned: { epoch: number }, now: { epoch: number }) => planned.epoch === now.epoch,

  /** Every write to the journal is conditional on the lease. */
  holdsLease: (operation: Operation | null, { plan, leaseEpoch }: Work) =>
    operation?.number === plan.number && operation.leaseEpoch === leaseEpoch,
  mayGoOnWithoutReceipt: () => false,
  /** The point of no return is a compare-and-set. */
  mayMoveEpoch: (catalog: { epoch: number; writer: string }, plan: Plan) =>
    catalog.epoch === plan.epoch && catalog.writer === plan.source,
  /** Going back never thaws. */
  epochBack: (plan: Plan) => plan.epoch + 2,

  /** A gate goes up, an order of a worker that was overtaken does nothing, and only another server's fence is opened at its own epoch. */
  mayFence: (gate: Gate, order: GateOrder) =>
    isOfNewestLease(gate, order) && (order.epoch > gate.epoch || isSame(gate, order, 'FENCED')),
  mayOpen: (gate: Gate, order: GateOrder) =>
    isOfNewestLease(gate, order) &&
    (order.epoch > gate.epoch ||
      isSame(gate, order, 'WRITABLE') ||
      (isSame(gate, order, 'FENCED') && gate.owner !== order.to)),
  /** The change of the gate waits for whoever has passed it. */
  isQuiet: (server: Server) => server.writing === null,
  /** A commit is judged as the write was. `nowTicks` is the catalog's clock; the server's may be behind by the most there is. */
  leaseHolds: ({ leaseUntil }: Gate, nowTicks: number) => leaseUntil === null || nowTicks - SKEW_TICKS <= leaseUntil,
  isCommitJudged: () => true,

  mayRenew: (gate: Gate, epoch: number, server: string) =>
    gate.epoch === epoch && gate.status === 'WRITABLE' && gate.owner === server,
  mayGrant: (lease: Lease) => !lease.isStopped,
  mayOrder: (keeper: Keeper) => !keeper.knowsOfStop,
  /** The keeper's last word if it has come, else all that was ever granted. */
  leaseEnd: (lease: Lease) => lease.finalUntil ?? lease.grantedUntil,
  isPast: (nowTicks: number, end: number) => nowTicks > end + SKEW_TICKS,

  /** Only who locked it out lets it go. */
  mayRelease: (server: Server, plan: Plan) => server.padlock === plan.number,
  mayStart: (server: Server) => server.padlock === null,
  /** A process that is gone may still finish a commit, and may come back. */
  isFencedByDeath: (_: Server) => false,
  /** Closed and read out before it takes part again. */
  mayRebuild: (left: { isClosed: boolean }) => left.isClosed,
}

type GateOrder = Extract<Order, { leaseEpoch: number }>

function isOfNewestLease(gate: Gate, { plan, leaseEpoch }: GateOrder): boolean {
  return gate.operation !== plan.number || leaseEpoch >= gate.leaseEpoch
}

function isSame(gate: Gate, { plan, epoch }: GateOrder, status: Gate['status']): boolean {
  return gate.status === status && gate.epoch === epoch && gate.operation === plan.number
}

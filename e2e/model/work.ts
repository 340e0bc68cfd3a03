import type { FenceStrength } from '@/model/states'
import type { Move } from './explore'
import * as journal from './journal'
import { applied, isReachable } from './orders'
import type { Rules } from './rules'
import {
  type Action,
  type Bounds,
  DECISION,
  type Operation,
  type Order,
  type State,
  type StepName,
  serverOf,
  stepNames,
  type Work,
  type WorkerName,
  withReadBack,
  withServer,
  withWork,
} from './state'

type Moves = Move<State, Action>[]
type Taking = { state: State; worker: WorkerName; work: Work; rules: Rules; bounds: Bounds }

/**
 * A worker leases the operation, calls, and records, and may die or sleep between any two of these: one that is overtaken goes on
 * with what it had begun, and learns of it when it records.
 */
export function movesOfWorkers(state: State, rules: Rules, bounds: Bounds): Moves {
  return ([0, 1] as const).flatMap((worker) => {
    const work = state.workers[worker]
    if (!work) return leasing(state, worker, bounds)
    const taking = { state, worker, work, rules, bounds }
    return [
      ...calling(taking),
      ...recording(taking),
      { action: named('die', taking), next: withWork(state, worker, null) },
    ]
  })
}

/**
 * A worker that was overtaken can still change the world, or nothing at all: then it is as good as idle, since all that it will
 * ever learn is that its lease is gone.
 */
export function withoutInert(state: State, rules: Rules): State {
  return ([0, 1] as const).reduce((found, worker) => {
    const work = found.workers[worker]
    if (!work || rules.holdsLease(found.operation, work) || canChangeWorld(work)) return found
    return withWork(found, worker, null)
  }, state)
}

function canChangeWorld({ way, phase, step }: Work): boolean {
  if (phase === 'done' || way === 'look') return false
  return way === 'undo' ? phase === 'claimed' : step === 'fence-old-primary' || withReadBack.includes(step)
}

function leasing(state: State, worker: WorkerName, { leasesMax }: Bounds): Moves {
  const { operation } = state
  if (!operation || operation.leaseEpoch >= leasesMax) return []
  if (operation.status === 'needs-human')
    return worker === 0
      ? [{ action: { kind: 'retry' }, next: { ...state, operation: journal.retried(operation) } }]
      : []
  if (!['queued', 'running', 'undoing'].includes(operation.status)) return []
  // The two are alike: it does not matter which of them is the first.
  if (worker === 1 && state.workers[0] === null) return []
  const next = { ...state, operation: journal.leased(operation, worker) }
  return [{ action: { kind: 'lease', worker }, next: begun(next, worker) }]
}

/** What the journal says is running becomes this worker's work. */
function begun(state: State, worker: WorkerName): State {
  const { operation } = state
  const step = operation && stepNames.find((name) => isAtWork(operation, name))
  if (!operation || !step || operation.holder !== worker) return withWork(state, worker, null)
  const { number, source, target, epoch, leaseEpoch } = operation
  const status = journal.stateOf(operation, step)
  return withWork(state, worker, {
    plan: { number, source, target, epoch },
    leaseEpoch,
    step,
    way: status === 'undoing' ? 'undo' : status === 'unknown' ? 'look' : 'do',
    phase: 'called',
    receipt: null,
    hasSent: false,
  })
}

function isAtWork(operation: Operation, step: StepName): boolean {
  const status = journal.stateOf(operation, step)
  if (operation.status === 'undoing') return status === 'undoing'
  return (
    operation.status === 'running' && (status === 'running' || (status === 'unknown' && withReadBack.includes(step)))
  )
}

function calling(taking: Taking): Moves {
  const { work } = taking
  if (work.phase === 'done' || work.way === 'look') return []
  return [...effects(taking), ...sending(taking)]
}

/** The call takes effect and its answer arrives. */
function effects(taking: Taking): Moves {
  const { state, work, rules } = taking
  const done = (how: string, next: State | null, change: Partial<Work> = {}): Moves =>
    next === null
      ? []
      : [
          {
            action: { ...named('call', taking), how },
            next: withWork(next, taking.worker, { ...work, phase: 'done', ...change }),
          },
        ]
  if (work.way === 'undo') return undoing(taking, done)
  switch (work.step) {
    case 'recheck-plan':
      return done('still true', rules.isStillTrue(work.plan, state.catalog) ? state : null)
    case 'fence-old-primary':
      return fencing(taking).flatMap(({ receipt, next }) => done(receipt ?? 'NONE', next, { receipt }))
    case 'drain-target':
      return [...done('behind', state), ...done('complete', withTheRest(state, work))]
    case 'promote-target':
    case 'open-gate':
      return done('answered', applied(state, orderOf(work, rules), rules))
    case 'prove-writable':
      return done('accepted', serverOf(state, work.plan.target).gate.status === 'WRITABLE' ? state : null)
    default:
      return done('noted', state)
  }
}

function fencing({ state, work, rules, bounds }: Taking): { receipt: FenceStrength | null; next: State | null }[] {
  const { source } = work.plan
  const server = serverOf(state, source)
  const { lease } = state
  const isOutlived =
    lease !== null &&
    lease.epoch === work.plan.epoch &&
    lease.isStopped &&
    lease.isApplied &&
    rules.isPast(state.nowTicks, rules.leaseEnd(lease))
  return [
    { receipt: 'PROVEN', next: applied(state, orderOf(work, rules), rules) },
    { receipt: 'POWERED_OFF', next: bounds.hasAgent ? applied(state, powerOff(work), rules) : null },
    { receipt: 'LEASE_EXPIRED', next: isOutlived ? state : null },
    { receipt: 'DECLARED', next: rules.isFencedByDeath(server) ? state : null },
    { receipt: null, next: rules.mayGoOnWithoutReceipt() ? state : null },
  ]
}

/** The log came over up to the fence: the target holds the gate as the fence left it. */
function withTheRest(state: State, { plan }: Work): State | null {
  const source = serverOf(state, plan.source)
  const target = serverOf(state, plan.target)
  if (!isReachable(source.power) || source.role !== 'primary' || target.role !== 'standby') return null
  return withServer(state, plan.target, { gate: source.gate })
}

/** The catalog decides for the way back first, under the lease; then the machine is let go and the gate opened above. */
function undoing(taking: Taking, done: (how: string, next: State | null) => Moves): Moves {
  const { state, worker, work, rules } = taking
  if (work.step === 'drain-target') return done('receives again', state)
  const isLeased = state.lease?.epoch === work.plan.epoch && state.catalog.epoch === work.plan.epoch
  if (work.step === 'stop-lease' && work.phase === 'called' && !isLeased) return done('no lease to restore', state)
  if (work.phase === 'claimed') {
    const released = applied(state, { kind: 'release', to: work.plan.source, plan: work.plan }, rules) ?? state
    return [...done('reopened', applied(released, orderOf(work, rules), rules)), ...done('left closed', state)]
  }
  const action = { ...named('call', taking), how: 'claim back' }
  if (!rules.holdsLease(state.operation, work)) return [{ action, next: withWork(state, worker, null) }]
  const { catalog } = state
  const epoch = rules.epochBack(work.plan)
  const isClaimed = catalog.epoch === epoch && catalog.writer === work.plan.source
  if (!isClaimed && !rules.mayMoveEpoch(catalog, work.plan)) return []
  // With that the receipt is withdrawn: whoever was fenced is the writer again.
  const closedBelow = epoch > catalog.epoch ? { ...state.closedBelow, [work.plan.source]: 0 } : state.closedBelow
  const claimed = { ...state, catalog: { ...catalog, epoch }, closedBelow }
  return [{ action, next: withWork(claimed, worker, { ...work, phase: 'claimed' }) }]
}

/** An order goes out and may arrive whenever it likes; no answer will come. */
function sending(taking: Taking): Moves {
  const { state, worker, work, rules, bounds } = taking
  if (work.hasSent || state.network.length >= bounds.lateOrdersMax) return []
  return sendable(work, rules, bounds).map((order) => ({
    action: { ...named('send', taking), how: order.kind },
    next: withWork({ ...state, network: [...state.network, order] }, worker, { ...work, hasSent: true }),
  }))
}

function sendable(work: Work, rules: Rules, { hasAgent }: Bounds): Order[] {
  const { source } = work.plan
  if (work.phase === 'claimed')
    return [orderOf(work, rules), ...(hasAgent ? [{ kind: 'release' as const, to: source, plan: work.plan }] : [])]
  if (work.way === 'undo') return []
  if (work.step === 'fence-old-primary') return [orderOf(work, rules), ...(hasAgent ? [powerOff(work)] : [])]
  return withReadBack.includes(work.step) ? [orderOf(work, rules)] : []
}

function orderOf({ plan, leaseEpoch, step, way }: Work, rules: Rules): Order {
  if (way === 'undo') return { kind: 'open', to: plan.source, plan, epoch: rules.epochBack(plan), leaseEpoch }
  const epoch = plan.epoch + 1
  if (step === 'fence-old-primary') return { kind: 'fence', to: plan.source, plan, epoch, leaseEpoch }
  return { kind: step === 'promote-target' ? 'promote' : 'open', to: plan.target, plan, epoch, leaseEpoch }
}

function powerOff({ plan }: Work): Order {
  return { kind: 'power-off', to: plan.source, plan }
}

/** The outcome becomes a record, if the lease is still this worker's. Failures are recorded as they happen: they changed nothing. */
function recording(taking: Taking): Moves {
  const { state, worker, work, rules } = taking
  if (!rules.holdsLease(state.operation, work))
    return [{ action: named('lose the lease', taking), next: withWork(state, worker, null) }]
  const operation = state.operation!
  const as = (kind: string, how: string, next: Operation): Moves => [
    { action: { ...named(kind, taking), how }, next: begun({ ...state, operation: next }, worker) },
  ]
  if (work.way === 'look') return looking(taking, operation, as)
  if (work.way === 'undo')
    return work.phase === 'done'
      ? as('record', 'undone', journal.recordUndone(operation, work.step))
      : as('fail', 'try again', operation)
  const unknown = { to: 'unknown', givesUp: false } as const
  const lost = [
    ...as('lose the answer', 'try again', journal.recordNotDone(operation, work.step, unknown)),
    ...as('lose the answer', 'give up', journal.recordNotDone(operation, work.step, { ...unknown, givesUp: true })),
  ]
  if (work.phase === 'done') return [...recordingDone(taking, operation), ...lost]
  if (work.hasSent) return lost
  const to = work.step === 'recheck-plan' || work.step === 'drain-target' ? 'refused' : 'failed'
  const refused = as('fail', 'give up', journal.recordNotDone(operation, work.step, { to, givesUp: true }))
  if (to === 'refused') return refused
  return [...refused, ...as('fail', 'try again', journal.recordNotDone(operation, work.step, { to, givesUp: false }))]
}

function looking(
  { state, work }: Taking,
  operation: Operation,
  as: (kind: string, how: string, next: Operation) => Moves,
): Moves {
  const target = serverOf(state, work.plan.target)
  const isOpen = target.gate.status === 'WRITABLE' && target.gate.epoch === work.plan.epoch + 1
  const isDone =
    work.step === 'promote-target' ? target.role === 'primary' : isOpen && target.gate.owner === work.plan.target
  const seen = isDone
    ? as('look', 'done', journal.recordDone(operation, work.step))
    : as('look', 'not done', journal.recordNotHappened(operation, work.step))
  return [...(isReachable(target.power) ? seen : []), ...as('look', 'give up', journal.giveUp(operation, 'failed'))]
}

/** What a step changes in the catalog happens with its record or not at all. */
function recordingDone(taking: Taking, operation: Operation): Moves {
  const { state, worker, work, rules } = taking
  const { plan, step } = work
  const action = { ...named('record', taking), how: 'done' }
  if (step === DECISION && !rules.mayMoveEpoch(state.catalog, plan)) {
    const refused = journal.recordNotDone(operation, step, { to: 'refused', givesUp: true })
    return [{ action: { ...action, how: 'refused' }, next: begun({ ...state, operation: refused }, worker) }]
  }
  const committed = commit(state, work)
  const receipt = step === 'fence-old-primary' ? work.receipt : operation.receipt
  const recorded = journal.recordDone({ ...operation, receipt }, step)
  return [{ action, next: begun({ ...committed, operation: recorded }, worker) }]
}

function commit(state: State, { plan, step, receipt }: Work): State {
  switch (step) {
    case 'stop-lease':
      return state.lease?.epoch === plan.epoch ? { ...state, lease: { ...state.lease, isStopped: true } } : state
    case 'fence-old-primary':
      return receipt === null
        ? state
        : { ...state, closedBelow: { ...state.closedBelow, [plan.source]: plan.epoch + 1 } }
    case DECISION: {
      const epoch = plan.epoch + 1
      return {
        ...state,
        catalog: { epoch, writer: plan.target, left: { server: plan.source, epoch, isClosed: false } },
      }
    }
    default:
      return state
  }
}

function named(kind: string, { worker, work }: Taking): Action {
  return { kind: work.way === 'undo' ? `undo: ${kind}` : kind, worker, step: work.step }
}

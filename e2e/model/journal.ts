import { invariant } from '@/model/invariant'
import { canStepMove, nextOperationState, type OperationEvent, type StepState } from '@/model/states'
import { DECISION, type Operation, type StepName, stepNames, undoable, type WorkerName, withReadBack } from './state'

/**
 * The journal as the protocol needs it, written a second time: which step is next, forwards and backwards, and what a worker that
 * is gone leaves behind. Every single move is held against model/states.ts. `replay-journal.test.ts` holds it against the real one.
 */
export function stateOf(operation: Operation, step: StepName): StepState {
  return operation.steps[stepNames.indexOf(step)]!
}

export function withStep(operation: Operation, step: StepName, to: StepState): Operation {
  const from = stateOf(operation, step)
  invariant(canStepMove(from, to), `The model moved ${step} from ${from} to ${to}.`)
  return { ...operation, steps: operation.steps.map((state, index) => (stepNames[index] === step ? to : state)) }
}

function withEvent(operation: Operation, event: OperationEvent): Operation {
  const status = nextOperationState(operation.status, event)
  invariant(status, `The model saw ${event} in ${operation.status}.`)
  const isAtRest = status !== 'running' && status !== 'undoing'
  return { ...operation, status, holder: isAtRest ? null : operation.holder }
}

/** A worker takes it, for the first time or over from one that may be gone or asleep. */
export function leased(operation: Operation, worker: WorkerName): Operation {
  const taken: Operation = { ...operation, holder: worker, leaseEpoch: operation.leaseEpoch + 1 }
  const started = taken.status === 'queued' ? withEvent(taken, 'leased') : taken
  const running = stepNames.find((step) => stateOf(started, step) === 'running')
  // Nobody knows how far the other one came.
  if (running && !isAborting(started, running)) return advance(withStep(started, running, 'unknown'))
  return advance(started)
}

/** Records the start of what comes next, in the same transaction as what came before. */
export function advance(operation: Operation): Operation {
  if (operation.status === 'undoing') return advanceUndo(operation)
  const next = stepNames.find((step) => stateOf(operation, step) !== 'done')
  if (!next) return withEvent(operation, 'all-steps-done')
  if (isAborting(operation, next)) return advance(withEvent(noteLost(operation), 'abort-requested'))
  const state = stateOf(operation, next)
  if (state !== 'unknown') return { ...withStep(operation, next, 'running'), isInDoubt: false }
  if (withReadBack.includes(next)) return operation
  return { ...withStep(operation, next, 'running'), isInDoubt: true }
}

/** Backwards over everything that happened or may have happened. */
function advanceUndo(operation: Operation): Operation {
  const last = [...stepNames].reverse().find((step) => {
    const state = stateOf(operation, step)
    return state === 'undoing' || (undoable.includes(step) && ['done', 'running', 'unknown'].includes(state))
  })
  if (last) return withStep(operation, last, 'undoing')
  const steps = operation.steps.map((state) => (state === 'pending' ? 'skipped' : state))
  return { ...withEvent(operation, 'all-steps-undone'), steps }
}

export function recordDone(operation: Operation, step: StepName): Operation {
  const recorded = { ...withStep(operation, step, 'done'), isInDoubt: false }
  return advance(step === DECISION ? { ...recorded, isPastReturn: true } : recorded)
}

export function recordUndone(operation: Operation, step: StepName): Operation {
  return advance(withStep(operation, step, 'undone'))
}

/** `isCertain`: nothing happened, by this attempt at least. */
export function recordNotDone(
  operation: Operation,
  step: StepName,
  how: { to: 'refused' | 'failed' | 'unknown'; givesUp: boolean },
): Operation {
  const to = how.to !== 'unknown' && operation.isInDoubt ? 'unknown' : how.to
  const recorded = withStep(operation, step, to)
  if (!how.givesUp) return advance(recorded)
  return giveUp(recorded, how.to)
}

/** The read-back found that nothing happened, whatever was in doubt. */
export function recordNotHappened(operation: Operation, step: StepName): Operation {
  return advance({ ...withStep(operation, step, 'failed'), isInDoubt: false })
}

export function giveUp(operation: Operation, because: 'refused' | 'failed' | 'unknown'): Operation {
  if (operation.isPastReturn) return withEvent(operation, 'attempts-exhausted-past-return')
  return advance(
    withEvent(operation, because === 'refused' ? 'step-refused-before-return' : 'step-failed-before-return'),
  )
}

/** A person has repaired the cause. */
export function retried(operation: Operation): Operation {
  const steps = operation.steps.map((state) => (state === 'refused' || state === 'failed' ? 'pending' : state))
  return withEvent({ ...operation, steps }, 'retried')
}

/** An abort that was asked for, as long as the decision cannot have been taken. */
function isAborting(operation: Operation, next: StepName): boolean {
  if (operation.status !== 'running' || !operation.isAbortAsked || operation.isPastReturn) return false
  const state = stateOf(operation, next)
  return !(next === DECISION && (state === 'running' || state === 'unknown'))
}

function noteLost(operation: Operation): Operation {
  const running = stepNames.find((step) => stateOf(operation, step) === 'running')
  return running ? withStep(operation, running, 'unknown') : operation
}

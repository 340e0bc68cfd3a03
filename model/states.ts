/**
 * The states of requests, operations and steps, and what may be done in each: one table read by the server, the
 * interface and the tests. The database repeats the lists as CHECKs.
 */

export const requestStates = ['waiting', 'consumed', 'rejected', 'expired', 'voided', 'withdrawn'] as const
export type RequestState = (typeof requestStates)[number]

/** queued: approved and consumed, no worker has it yet. undoing: going back, before the point of no return only. */
export const operationStates = ['queued', 'running', 'paused', 'undoing', 'needs-human', 'done', 'undone'] as const
export type OperationState = (typeof operationStates)[number]
export const finalOperationStates = ['done', 'undone'] as const satisfies readonly OperationState[]
export const activeOperationStates = [
  'queued',
  'running',
  'paused',
  'undoing',
  'needs-human',
] as const satisfies readonly OperationState[]

export const stepStates = [
  'pending',
  'running',
  'done',
  'refused',
  'failed',
  'unknown',
  'undoing',
  'undone',
  'skipped',
] as const
export type StepState = (typeof stepStates)[number]

/** Every legal move of an operation and the event that makes it. A persisted move that is not here is a bug. */
export const operationMoves = [
  { from: 'queued', event: 'leased', to: 'running' },
  { from: 'queued', event: 'abort-requested', to: 'undone' },
  { from: 'running', event: 'all-steps-done', to: 'done' },
  { from: 'running', event: 'pause-requested', to: 'paused' },
  { from: 'running', event: 'step-refused-before-return', to: 'undoing' },
  { from: 'running', event: 'step-failed-before-return', to: 'undoing' },
  { from: 'running', event: 'abort-requested', to: 'undoing' },
  { from: 'running', event: 'attempts-exhausted-past-return', to: 'needs-human' },
  // Nobody can tell whether the point of no return was passed: neither back nor forward without a person.
  { from: 'running', event: 'decision-unresolved', to: 'needs-human' },
  { from: 'paused', event: 'resumed', to: 'running' },
  { from: 'paused', event: 'abort-requested', to: 'undoing' },
  { from: 'undoing', event: 'all-steps-undone', to: 'undone' },
  // An undo that reaches nobody goes on trying, ever more slowly; only one that refuses needs a person.
  { from: 'undoing', event: 'undo-refused', to: 'needs-human' },
  { from: 'needs-human', event: 'retried', to: 'running' },
  { from: 'needs-human', event: 'undo-retried', to: 'undoing' },
] as const satisfies readonly { from: OperationState; event: string; to: OperationState }[]

export type OperationEvent = (typeof operationMoves)[number]['event']

/** The state an event leads to, or null when the event is not legal in this state. */
export function nextOperationState(from: OperationState, event: OperationEvent): OperationState | null {
  return operationMoves.find((move) => move.from === from && move.event === event)?.to ?? null
}

/**
 * Every legal move of a step. `unknown` is left by reading back or by running an idempotent step again; `refused` and
 * `failed` mean that nothing happened, so nothing is undone for them. Back to `pending` leads only a person's retry, and for
 * what was only looked at, a pause.
 */
export const stepMoves = {
  pending: ['running', 'skipped'],
  running: ['done', 'refused', 'failed', 'unknown'],
  done: ['undoing', 'pending'],
  refused: ['pending'],
  failed: ['running', 'pending'],
  unknown: ['running', 'done', 'failed', 'undoing'],
  undoing: ['undoing', 'undone'],
  undone: [],
  skipped: [],
} as const satisfies Record<StepState, readonly StepState[]>

export function canStepMove(from: StepState, to: StepState): boolean {
  const targets: readonly StepState[] = stepMoves[from]
  return targets.includes(to)
}

type ActionTable<State extends string, Action extends string> = Record<Action, readonly State[]>

/** What a person may do with an operation, by its state; `whyNotOperationAction` adds what a state alone does not say. */
export const operationActions = {
  pause: ['running'],
  resume: ['paused'],
  abort: ['queued', 'running', 'paused'],
  retry: ['needs-human', 'undoing'],
} as const satisfies ActionTable<OperationState, string>

export type OperationAction = keyof typeof operationActions

export type ActionFacts = {
  status: OperationState
  pointOfNoReturnAt: Date | null
  /** When an undo that reached nobody is tried again; null while it is being tried. */
  nextTryAt: Date | null
  /** Of the step that decides between forward and back; null where there is none. */
  decision: StepState | null
}

/** What the state alone lets a person do, in the order of the buttons. */
export function actionsIn(status: OperationState): OperationAction[] {
  const actions = Object.keys(operationActions) as OperationAction[] // the table's own keys
  return actions.filter((action) => (operationActions[action] as readonly OperationState[]).includes(status))
}

/** Null when the action is open; otherwise the sentence that a disabled button shows. */
export function whyNotOperationAction(action: OperationAction, operation: ActionFacts): string | null {
  const states: readonly OperationState[] = operationActions[action]
  if (!states.includes(operation.status))
    return `Possible while the operation is ${states.join(' or ')}; it is ${operation.status}.`
  if (action === 'abort' && operation.pointOfNoReturnAt)
    return 'The point of no return has passed: plan a switchover back instead.'
  // The answer would depend on who is faster.
  if (action === 'abort' && (operation.decision === 'running' || operation.decision === 'unknown'))
    return 'The point of no return is being passed: wait for the outcome of this step.'
  if (action === 'retry' && operation.status === 'undoing' && !operation.nextTryAt)
    return 'An attempt is being made right now.'
  return null
}

/** Null while a person can acknowledge it. Only a failover that is done waits for that: until then its cell rests. */
export function whyNotAcknowledge(operation: {
  kind: string
  status: string
  acknowledgedAt: Date | string | null
}): string | null {
  if (operation.kind !== 'forced-failover') return 'Only a forced failover is acknowledged.'
  if (operation.status !== 'done') return `Possible once the failover is done; it is ${operation.status}.`
  return operation.acknowledgedAt === null ? null : 'Somebody has acknowledged it already.'
}

export const fenceStrengths = {
  PROVEN: 'Gate closed, and a canary write by an ordinary role was refused.',
  POWERED_OFF: 'A fencing agent’s receipt: power, network or security group.',
  LEASE_EXPIRED: 'The write lease and the clock-skew bound have run out.',
  DECLARED: 'Two people attest it, on the break-glass path only.',
} as const
export type FenceStrength = keyof typeof fenceStrengths

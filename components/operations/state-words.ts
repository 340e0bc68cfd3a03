import type { Status } from '@/model/observations'
import type { OperationState, RequestState, StepState } from '@/model/states'

/** How a state is said and shown. `status: null` has no status yet: it is drawn as an empty ring. */
type Word = { status: Status; word: string }

export const operationWords = {
  queued: { status: 'active', word: 'Queued' },
  running: { status: 'active', word: 'Running' },
  paused: { status: 'warn', word: 'Paused' },
  undoing: { status: 'warn', word: 'Going back' },
  'needs-human': { status: 'crit', word: 'Needs a person' },
  done: { status: 'ok', word: 'Done' },
  undone: { status: 'warn', word: 'Went back' },
} as const satisfies Record<OperationState, Word>

const requestWords = {
  waiting: { status: 'active', word: 'Waiting' },
  consumed: { status: 'ok', word: 'Approved and started' },
  rejected: { status: 'crit', word: 'Rejected' },
  expired: { status: 'unknown', word: 'Expired' },
  voided: { status: 'warn', word: 'Voided' },
  withdrawn: { status: 'unknown', word: 'Withdrawn' },
} as const satisfies Record<RequestState, Word>

/** What skipped its quorum was not approved, and is nothing to be green about. */
export function wordOfRequest({ status, isBreakGlass }: { status: RequestState; isBreakGlass: boolean }): Word {
  return isBreakGlass && status === 'consumed'
    ? { status: 'warn', word: 'Started by break-glass' }
    : requestWords[status]
}

export const stepWords = {
  pending: { status: null, word: 'Not started' },
  running: { status: 'active', word: 'Running' },
  done: { status: 'ok', word: 'Done' },
  refused: { status: 'crit', word: 'Refused' },
  failed: { status: 'crit', word: 'Failed' },
  unknown: { status: 'unknown', word: 'Outcome unknown' },
  undoing: { status: 'active', word: 'Undoing' },
  undone: { status: 'warn', word: 'Undone' },
  skipped: { status: null, word: 'Skipped' },
} as const satisfies Record<StepState, { status: Status | null; word: string }>

type Run = { title: string; status: OperationState; runnerLost: boolean }

/** Without a worker that is heard nobody knows whether an operation still runs. */
export function wordOf({ status, runnerLost }: Run): Word {
  return runnerLost ? { status: 'unknown', word: 'State unknown' } : operationWords[status]
}

/** The title of an operation's page: the browser's tab says how it goes. */
export function operationTitle(run: Run): string {
  return `${run.title} · ${wordOf(run).word} · Operations`
}

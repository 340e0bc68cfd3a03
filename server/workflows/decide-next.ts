import type { OperationRecord, StepRecord } from './operation-record'
import { isDeciding } from './operation-record'

/** What an operation needs next. `start` begins an attempt, `resolve` finds out about one whose outcome is unknown. */
export type Next =
  | { kind: 'start' | 'resolve' | 'undo'; step: StepRecord }
  | { kind: 'all-done' | 'all-undone' | 'pause' | 'abort' | 'rest' }

/**
 * Pure: reads only what the journal and the workflow say, so that every worker that takes the operation over decides alike.
 * A pause waits for a step before which it may be taken: one that holds writers up must not hold them up for a lunch break.
 */
export function decideNext(operation: OperationRecord, mayPauseBefore: (step: string) => boolean): Next {
  if (operation.status === 'undoing') return nextUndo(operation)
  if (operation.status !== 'running') return { kind: 'rest' }
  const step = operation.steps.find(({ status }) => status !== 'done')
  if (!step) return { kind: 'all-done' }
  const isInDoubt = step.status === 'running' || step.status === 'unknown'
  // The decision may have been taken: going back on a guess could leave two writers.
  const mayHavePassed = operation.pointOfNoReturnAt !== null || (isInDoubt && isDeciding(operation, step))
  if (operation.abortRequestedAt && !mayHavePassed) return { kind: 'abort' }
  if (isInDoubt) return { kind: 'resolve', step }
  if (operation.pauseRequestedAt && mayPauseBefore(step.name)) return { kind: 'pause' }
  return { kind: 'start', step }
}

/** Backwards over everything that happened or may have happened; refused and failed mean that nothing did. */
function nextUndo({ steps }: OperationRecord): Next {
  const step = steps.findLast(
    ({ status, undoable }) => status === 'undoing' || (undoable && ['done', 'running', 'unknown'].includes(status)),
  )
  return step ? { kind: 'undo', step } : { kind: 'all-undone' }
}

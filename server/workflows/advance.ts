import { invariant } from '@/model/invariant'
import { decideNext } from './decide-next'
import type { NotDone, Step, StepDone, StepRun, Workflow } from './define'
import type { Draft } from './journal'
import { isDeciding, stepOf } from './operation-record'

/** Going back is worth a few quick tries even where going forward was not. */
export const UNDO_ATTEMPTS_MIN = 3
/** After the quick tries an undo goes on, however long the server is away: each wait is twice the one before, up to a limit. */
export const UNDO_EVERY_MS = { min: 5_000, max: 60_000 }

/** What the worker does after a change is recorded. `retry`: the same step again, after a pause. */
export type Work = { kind: 'do' | 'resolve' | 'undo' | 'retry'; step: string } | { kind: 'rest' | 'stop' }

export type Course<Deps> = {
  workflow: Workflow<unknown, Deps>
  /** A worker that is shutting down records what it has and starts nothing. */
  isStopping: boolean
  undoEveryMs: { min: number; max: number }
}

/**
 * Decides what comes next and records its start in the same transaction as what came before: one commit a step, because
 * every commit between two steps can be part of a write pause.
 */
export function advance<Deps>(draft: Draft, course: Course<Deps>): Work {
  const next = decideNext(draft.operation, mayPauseBefore(course))
  switch (next.kind) {
    case 'rest':
      return { kind: 'rest' }
    case 'all-done':
      draft.move('all-steps-done', null, 'operation.done')
      return { kind: 'rest' }
    case 'all-undone':
      draft.move('all-steps-undone', draft.operation.statusReason, 'operation.undone')
      return { kind: 'rest' }
    case 'pause':
      reopenChecks(draft, course)
      draft.move('pause-requested', draft.operation.statusReason, 'operation.paused')
      return { kind: 'rest' }
    case 'abort':
      noteLostWorkers(draft)
      draft.move('abort-requested', draft.operation.statusReason, 'operation.undoing')
      return advance(draft, course)
    case 'resolve':
    case 'start':
    case 'undo':
      if (course.isStopping) return { kind: 'stop' }
      noteLostWorkers(draft)
      if (next.kind === 'resolve') return { kind: 'resolve', step: next.step.name }
      if (next.kind === 'undo') return startUndo(draft, course, next.step.name)
      return startAttempt(draft, course, next.step.name)
  }
}

export function mayPauseBefore<Deps>({ workflow }: Pick<Course<Deps>, 'workflow'>): (step: string) => boolean {
  return (step) => !specOf(workflow, step).noPauseBefore
}

/** Nobody knows how long the pause will be: what was only looked at is looked at again, unless the operation acted on it. */
function reopenChecks<Deps>(draft: Draft, { workflow }: Course<Deps>): void {
  const { steps } = draft.operation
  if (steps.some((step) => (step.undoable || step.pastReturn) && step.status === 'done')) return
  for (const { name, status } of steps) {
    if (status !== 'done' || !specOf(workflow, name).recheckOnResume) continue
    draft.moveStep(name, 'pending', { attempts: 0, says: null, output: null }, 'operation.step-reopened')
  }
}

/** A step found running was begun by a worker that is gone: nobody knows how far it came. */
function noteLostWorkers(draft: Draft): void {
  for (const { name, attempts, status } of draft.operation.steps) {
    if (status !== 'running') continue
    const error = `The worker was lost during attempt ${attempts}.`
    draft.moveStep(name, 'unknown', { error }, 'operation.step-unknown')
  }
}

export function startAttempt<Deps>(draft: Draft, { workflow }: Course<Deps>, name: string): Work {
  const { attempts, status, error } = stepOf(draft.operation, name)
  // While an earlier attempt is in doubt its error stays: a later failure then does not prove that nothing happened.
  const change = {
    attempts: attempts + 1,
    timeoutMs: specOf(workflow, name).timeoutMs,
    error: status === 'unknown' ? error : null,
  }
  draft.moveStep(name, 'running', change, 'operation.step-started')
  return { kind: 'do', step: name }
}

function startUndo<Deps>(draft: Draft, { workflow }: Course<Deps>, name: string): Work {
  const { attempts, status } = stepOf(draft.operation, name)
  const attempt = status === 'undoing' ? attempts + 1 : 1
  const { timeoutMs } = specOf(workflow, name)
  draft.moveStep(name, 'undoing', { attempts: attempt, timeoutMs }, 'operation.step-started')
  return { kind: 'undo', step: name }
}

/** Throws what `commit` throws; the caller's transaction is then rolled back. */
export async function recordDone<Deps>(
  draft: Draft,
  course: Course<Deps>,
  run: StepRun<unknown, Deps>,
  { name, done }: { name: string; done: StepDone },
): Promise<Work> {
  const spec = specOf(course.workflow, name)
  await spec.commit?.(draft.tx, run, done, (entry) => draft.noteOf(entry))
  draft.moveStep(name, 'done', { says: done.says, output: done.output ?? null, error: null }, 'operation.step-done')
  if (spec.pointOfNoReturn) draft.passReturn()
  return advance(draft, course)
}

export function recordNotDone<Deps>(
  draft: Draft,
  course: Course<Deps>,
  name: string,
  { kind, says, isAfterEffect }: NotDone,
): Work {
  const { attempts, error } = stepOf(draft.operation, name)
  const spec = specOf(course.workflow, name)
  if (error || (isAfterEffect && spec.undo)) draft.moveStep(name, 'unknown', { error: says }, 'operation.step-unknown')
  else
    draft.moveStep(name, kind, { error: says }, kind === 'refused' ? 'operation.step-refused' : 'operation.step-failed')
  if (kind === 'failed' && attempts < spec.attemptsMax) return { kind: 'retry', step: name }
  return giveUp(draft, course, name, { kind, says })
}

/** The read-back found that nothing happened: as good as a clean failure, whatever was in doubt before. */
export function recordNotHappened<Deps>(draft: Draft, course: Course<Deps>, name: string): Work {
  const says = 'Looked: it had not happened.'
  draft.moveStep(name, 'failed', { error: says }, 'operation.step-failed')
  if (stepOf(draft.operation, name).attempts < specOf(course.workflow, name).attemptsMax) return advance(draft, course)
  return giveUp(draft, course, name, { kind: 'failed', says })
}

/** No further attempt: back, where that is possible and known to be right; else a person decides. */
export function giveUp<Deps>(draft: Draft, course: Course<Deps>, name: string, { kind, says }: NotDone): Work {
  const step = stepOf(draft.operation, name)
  const reason = `${step.title}: ${says}`
  if (draft.operation.pointOfNoReturnAt) draft.move('attempts-exhausted-past-return', reason, 'operation.needs-human')
  else if (step.status === 'unknown' && isDeciding(draft.operation, step) && !specOf(course.workflow, name).commit)
    draft.move('decision-unresolved', reason, 'operation.needs-human')
  else if (kind === 'refused') draft.move('step-refused-before-return', reason, 'operation.undoing')
  else draft.move('step-failed-before-return', reason, 'operation.undoing')
  return advance(draft, course)
}

export async function recordUndone<Deps>(
  draft: Draft,
  course: Course<Deps>,
  run: StepRun<unknown, Deps>,
  { name, done }: { name: string; done: StepDone },
): Promise<Work> {
  await specOf(course.workflow, name).commitUndo?.(draft.tx, run, done)
  draft.moveStep(name, 'undone', { says: done.says, error: null }, 'operation.step-undone')
  return advance(draft, course)
}

/**
 * Writers may wait behind a closed gate, so an undo that fails is never given up: some quick tries, then slow ones, with the
 * lease given back in between. One that refuses would refuse again, and a person must look.
 */
export function recordNotUndone<Deps>(draft: Draft, course: Course<Deps>, name: string, { kind, says }: NotDone): Work {
  draft.moveStep(name, 'undoing', { error: says }, 'operation.step-failed')
  const { attempts, title } = stepOf(draft.operation, name)
  const quickMax = Math.max(specOf(course.workflow, name).attemptsMax, UNDO_ATTEMPTS_MIN)
  if (kind === 'refused') draft.move('undo-refused', `Undo of "${title}": ${says}`, 'operation.needs-human')
  else if (attempts < quickMax) return { kind: 'retry', step: name }
  else draft.giveBackFor(slowTryMs(attempts - quickMax, course.undoEveryMs))
  return { kind: 'rest' }
}

function slowTryMs(slowTries: number, { min, max }: { min: number; max: number }): number {
  return Math.min(min * 2 ** slowTries, max)
}

export function specOf<Deps>(workflow: Workflow<unknown, Deps>, name: string): Step<unknown, Deps> {
  const spec = workflow.steps.find((step) => step.name === name)
  invariant(spec, `Workflow ${workflow.kind} version ${workflow.version} has no step ${name}.`)
  return spec
}

export function stepAfter<Deps>(workflow: Workflow<unknown, Deps>, name: string): string {
  const next = workflow.steps[workflow.steps.findIndex((step) => step.name === name) + 1]
  invariant(next, `Workflow ${workflow.kind} version ${workflow.version} ends with ${name}.`)
  return next.name
}

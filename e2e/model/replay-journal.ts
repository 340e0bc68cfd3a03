import type { Tx } from '@/server/db'
import {
  advance,
  type Course,
  giveUp,
  recordDone,
  recordNotDone,
  recordNotHappened,
  recordNotUndone,
  recordUndone,
  startAttempt,
  type Work,
} from '@/server/workflows/advance'
import type { Step, StepRun } from '@/server/workflows/define'
import { Draft } from '@/server/workflows/journal'
import type { OperationRecord } from '@/server/workflows/operation-record'
import type { Move } from './explore'
import { type Action, DECISION, type State, type StepName, stepNames, undoable, withReadBack } from './state'

const nothing = async () => ({ says: 'Nothing.' })
const SAYS = 'By the trace.'
/** Between two tries, as far as the trace is concerned. */
const UNDO_EVERY_MS = { min: 1, max: 1 }

/**
 * The real journal, without its database: what the model says of one operation is done to the deciders and the tables that the
 * worker uses, and both must come to the same.
 */
export class JournalReplay {
  private record: OperationRecord | null = null

  /** Null while both agree; else how they differ after this move. */
  async take({ action, next }: Move<State, Action>): Promise<string | null> {
    if (next.operation && next.operation.number !== Number(this.record?.id ?? 0))
      this.record = queued(next.operation.number)
    if (this.record) await this.follow(action, next)
    const real =
      this.record &&
      sayState(
        this.record.status,
        this.record.steps.map(({ status }) => status),
        this.record.pointOfNoReturnAt !== null,
      )
    const model = next.operation && sayState(next.operation.status, next.operation.steps, next.operation.isPastReturn)
    return real === model ? null : `After ${JSON.stringify(action)}: the journal has ${real}, the model ${model}.`
  }

  private async follow({ kind, step, how }: Action, next: State): Promise<void> {
    const draft = new Draft(withoutCatalog(), { operationId: '1', holder: 'w', epoch: 1n, ttlMs: 1 }, this.record!)
    await this.play(draft, { kind, how, step: step ?? stepNames[0] }, next)
    this.record = draft.operation.status === 'undone' ? withSkipped(draft.operation) : draft.operation
  }

  private async play(
    draft: Draft,
    { kind, step, how }: { kind: string; step: StepName; how: string | undefined },
    next: State,
  ): Promise<void> {
    const course = courseOf(how === 'give up' ? 0 : Number.POSITIVE_INFINITY)
    switch (kind) {
      case 'abort':
        draft.operation = { ...draft.operation, abortRequestedAt: new Date() }
        return
      case 'lease':
        if (draft.operation.status === 'queued') draft.move('leased', null, 'operation.started')
        return goOn(draft, course, advance(draft, course))
      case 'retry':
        return retry(draft)
      case 'record':
        if (how === 'refused')
          return settle(
            draft,
            course,
            recordNotDone(draft, course, step, { kind: 'refused', says: SAYS, isAfterEffect: true }),
          )
        return settle(draft, course, await recordDone(draft, course, unused(), { name: step, done: { says: SAYS } }))
      case 'look':
        return settle(draft, course, await this.looked(draft, course, step, how))
      case 'fail': {
        const isLook = step === 'recheck-plan' || step === 'drain-target'
        return settle(
          draft,
          course,
          recordNotDone(draft, course, step, { kind: isLook ? 'refused' : 'failed', says: SAYS }),
        )
      }
      case 'lose the answer': {
        draft.moveStep(step, 'unknown', { error: SAYS }, 'operation.step-unknown')
        if (how === 'give up') return settle(draft, course, giveUp(draft, course, step, { kind: 'failed', says: SAYS }))
        return settle(draft, course, advance(draft, course))
      }
      case 'undo: record':
        return settle(draft, course, await recordUndone(draft, course, unused(), { name: step, done: { says: SAYS } }))
      case 'undo: fail':
        // A zombie's failure is no failure of the operation: the model only lets the holder fail.
        if (next.operation?.status === 'undoing') recordNotUndone(draft, course, step, { kind: 'failed', says: SAYS })
    }
  }

  private looked(draft: Draft, course: Course<unknown>, name: string, how: string | undefined): Promise<Work> | Work {
    if (how === 'done') return recordDone(draft, course, unused(), { name, done: { says: SAYS } })
    if (how === 'not done') return recordNotHappened(draft, course, name)
    return giveUp(draft, course, name, { kind: 'failed', says: SAYS })
  }
}

/** The worker's own loop: after a pause it decides again, and what has no read-back is done again to find out. */
function settle(draft: Draft, course: Course<unknown>, work: Work): void {
  goOn(draft, course, work.kind === 'retry' ? advance(draft, course) : work)
}

function goOn(draft: Draft, course: Course<unknown>, work: Work): void {
  if (work.kind === 'resolve' && !withReadBack.some((name) => name === work.step))
    startAttempt(draft, course, work.step)
}

/** What `requestRetry` does to the rows. */
function retry(draft: Draft): void {
  const steps = draft.operation.steps.map((step) =>
    step.status === 'refused' || step.status === 'failed' ? { ...step, status: 'pending' as const, attempts: 0 } : step,
  )
  draft.operation = { ...draft.operation, steps }
  draft.move('retried', null, 'operation.retried')
}

function courseOf(attemptsMax: number): Course<unknown> {
  const steps = stepNames.map(
    (name): Step<unknown, unknown> => ({
      ...{ name, title: name, timeoutMs: 1, attemptsMax, do: nothing },
      ...(undoable.includes(name) && { undo: nothing }),
      ...(withReadBack.includes(name) && { readBack: async () => ({ found: 'not-done' as const }) }),
      ...(name === DECISION && { pointOfNoReturn: true as const, commit: async () => {} }),
    }),
  )
  return { workflow: { kind: 'forced-failover', version: 1, steps }, isStopping: false, undoEveryMs: UNDO_EVERY_MS }
}

function queued(number: number): OperationRecord {
  return {
    ...{ id: String(number), code: `OP-${number}`, kind: 'forced-failover', workflowVersion: 1, scope: 'cell:x' },
    ...{ requestId: null, params: {}, status: 'queued', statusReason: null, abortRequestedAt: null },
    ...{ pauseRequestedAt: null, pointOfNoReturnAt: null, leaseHolder: 'w', leaseEpoch: 1n, nextTryAt: null },
    steps: stepNames.map((name, index) => ({
      ...{ position: index + 1, name, title: name, undoable: undoable.includes(name) },
      ...{ pastReturn: index >= stepNames.indexOf(DECISION), status: 'pending', attempts: 0, startedAt: null },
      ...{ finishedAt: null, says: null, error: null, output: null },
    })),
  }
}

/** The journal's SQL does this when an operation is undone. */
function withSkipped(operation: OperationRecord): OperationRecord {
  const steps = operation.steps.map((step) =>
    step.status === 'pending' ? { ...step, status: 'skipped' as const } : step,
  )
  return { ...operation, steps }
}

function sayState(status: string, steps: readonly string[], isPast: boolean): string {
  return `${status}${isPast ? ' past the return' : ''}: ${steps.join(' ')}`
}

/** Drafts are only decided here, never written, so nothing asks for the transaction. */
function withoutCatalog(): Tx {
  return null as unknown as Tx
}

/** The steps of the trace do nothing, so nothing asks for the run. */
function unused(): StepRun<unknown, unknown> {
  return null as unknown as StepRun<unknown, unknown>
}

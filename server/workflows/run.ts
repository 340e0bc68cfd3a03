import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '@/model/canonical-json'
import { invariant } from '@/model/invariant'
import { joinSignals } from '@/model/join-signals'
import { type Db, transact } from '@/server/db'
import {
  advance,
  type Course,
  giveUp,
  mayPauseBefore,
  type NotDone,
  recordDone,
  recordNotDone,
  recordNotHappened,
  recordNotUndone,
  recordUndone,
  specOf,
  startAttempt,
  type Work,
} from './advance'
import { callStep, type Outcome } from './call-step'
import { decideNext } from './decide-next'
import { type ReadBack, type StepDone, StepFailed, StepRefused, type StepRun, type Workflow } from './define'
import type { FaultPlace, FaultPlan } from './faults'
import { assertLease, type Draft, type Held, record } from './journal'
import { stepOf } from './operation-record'

/** How often an unknown outcome is looked at before a person is asked or the operation goes back. */
export const READ_BACKS_MAX = 5
export const BACKOFF_MS_MIN = 100
export const BACKOFF_MS_MAX = 5_000

export type OperationRun<Deps> = {
  db: Db
  workflow: Workflow<unknown, Deps>
  deps: Deps
  held: Held
  /** Aborted when the lease is lost. */
  leaseSignal: AbortSignal
  /** Aborted when the process wants to end: nothing new is started. */
  stopping: AbortSignal
  /** Aborted when it can wait no longer: the running call is aborted too. */
  stopNow: AbortSignal
  undoEveryMs: { min: number; max: number }
  faults?: FaultPlan | undefined
}

/**
 * Drives a leased operation until it rests (final, paused, or waiting for a person; the lease is given back with that
 * record) or must stop (the caller gives the lease back). Throws LeaseLost when another worker has it.
 */
export async function runOperation<Deps>(run: OperationRun<Deps>): Promise<'rested' | 'stopped'> {
  let work = await record(run.db, run.held, (draft) => advance(draft, courseOf(run)))
  for (;;) {
    switch (work.kind) {
      case 'rest':
        return 'rested'
      case 'stop':
        return 'stopped'
      case 'do':
        work = await attempt(run, work.step)
        break
      case 'resolve':
        work = await resolve(run, work.step)
        break
      case 'undo':
        work = await undo(run, work.step)
        break
      case 'retry':
        await backOff(run, stepOf(run.held.operation, work.step).attempts)
        work = await record(run.db, run.held, (draft) => advance(draft, courseOf(run)))
        break
    }
  }
}

async function attempt<Deps>(run: OperationRun<Deps>, name: string): Promise<Work> {
  const spec = specOf(run.workflow, name)
  const outcome = await callStep(
    async (signal) => {
      await reach(run, name, 'before', signal)
      const done = await spec.do(stepRun(run, name, signal, 'halfway'))
      await reach(run, name, 'effect', signal)
      return done
    },
    limitsOf(run, spec.timeoutMs),
  )
  const work = await recordOutcome(run, name, outcome)
  await reach(run, name, 'recorded', run.leaseSignal)
  return work
}

async function recordOutcome<Deps>(run: OperationRun<Deps>, name: string, outcome: Outcome<StepDone>): Promise<Work> {
  switch (outcome.kind) {
    case 'returned':
      return recordReturned(run, name, outcome.value)
    case 'refused':
    case 'failed':
      return change(run, (draft) =>
        recordNotDone(draft, courseOf(run), name, { kind: outcome.kind, says: outcome.says }),
      )
    case 'unknown':
      return change(run, (draft) => {
        draft.moveStep(name, 'unknown', { error: outcome.says }, 'operation.step-unknown')
        // A call that has not ended may still take effect: only a new lease epoch can shut it out.
        return outcome.isStuck || run.stopping.aborted ? { kind: 'stop' } : { kind: 'resolve', step: name }
      })
  }
}

/** Records success. When `commit` refuses, its transaction is gone and the refusal is recorded in one of its own. */
async function recordReturned<Deps>(run: OperationRun<Deps>, name: string, done: StepDone): Promise<Work> {
  const step = stepRun(run, name, run.leaseSignal)
  try {
    return await change(run, (draft) => recordDone(draft, courseOf(run), step, { name, done }))
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return change(run, (draft) => recordNotDone(draft, courseOf(run), name, { ...refusal, isAfterEffect: true }))
  }
}

/** Finds out about an outcome nobody knows: by looking, or, where `do` is idempotent, by doing it again. */
async function resolve<Deps>(run: OperationRun<Deps>, name: string): Promise<Work> {
  const spec = specOf(run.workflow, name)
  if (!spec.readBack) {
    await backOff(run, stepOf(run.held.operation, name).attempts)
    return change(run, (draft) => repeat(draft, courseOf(run), name))
  }
  let says = ''
  for (let look = 1; look <= READ_BACKS_MAX; look++) {
    if (run.stopping.aborted) return { kind: 'stop' }
    if (look > 1) await backOff(run, look)
    const call = (signal: AbortSignal) => spec.readBack!(stepRun(run, name, signal))
    const found = foundBy(await callStep(call, limitsOf(run, spec.timeoutMs)))
    if (found.found === 'done') return recordReturned(run, name, found)
    if (found.found === 'not-done') return change(run, (draft) => recordNotHappened(draft, courseOf(run), name))
    says = found.says
  }
  return change(run, (draft) =>
    giveUp(draft, courseOf(run), name, {
      kind: 'failed',
      says: `The outcome is not known and could not be read back. ${says}`,
    }),
  )
}

function repeat<Deps>(draft: Draft, course: Course<Deps>, name: string): Work {
  const { attempts, error } = stepOf(draft.operation, name)
  if (decideNext(draft.operation, mayPauseBefore(course)).kind !== 'resolve') return advance(draft, course)
  if (course.isStopping) return { kind: 'stop' }
  if (attempts < specOf(course.workflow, name).attemptsMax) return startAttempt(draft, course, name)
  return giveUp(draft, course, name, { kind: 'failed', says: `The outcome is not known. ${error ?? ''}`.trim() })
}

function foundBy(outcome: Outcome<ReadBack>): ReadBack {
  return outcome.kind === 'returned' ? outcome.value : { found: 'unknown', says: outcome.says }
}

async function undo<Deps>(run: OperationRun<Deps>, name: string): Promise<Work> {
  const spec = specOf(run.workflow, name)
  const outcome = await callStep(
    async (signal) => {
      await reach(run, name, 'undo-before', signal)
      const done = await spec.undo!(stepRun(run, name, signal, 'undo-halfway'))
      await reach(run, name, 'undo-effect', signal)
      return done
    },
    limitsOf(run, spec.timeoutMs),
  )
  const work = await recordUndoOutcome(run, name, outcome)
  await reach(run, name, 'undo-recorded', run.leaseSignal)
  return work
}

async function recordUndoOutcome<Deps>(
  run: OperationRun<Deps>,
  name: string,
  outcome: Outcome<StepDone>,
): Promise<Work> {
  const failed = (notDone: NotDone) => change(run, (draft) => recordNotUndone(draft, courseOf(run), name, notDone))
  if (outcome.kind === 'unknown') {
    // An undo is idempotent, so an unknown one is simply run again.
    const work = await failed({ kind: 'failed', says: outcome.says })
    return outcome.isStuck && work.kind === 'retry' ? { kind: 'stop' } : work
  }
  if (outcome.kind !== 'returned') return failed(outcome)
  const step = stepRun(run, name, run.leaseSignal)
  try {
    return await change(run, (draft) => recordUndone(draft, courseOf(run), step, { name, done: outcome.value }))
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return failed(refusal)
  }
}

function refusalOf(error: unknown): NotDone | null {
  if (error instanceof StepRefused) return { kind: 'refused', says: error.says }
  if (error instanceof StepFailed) return { kind: 'failed', says: error.says }
  return null
}

function change<Deps>(run: OperationRun<Deps>, make: (draft: Draft) => Promise<Work> | Work): Promise<Work> {
  return record(run.db, run.held, make)
}

function courseOf<Deps>(run: OperationRun<Deps>): Course<Deps> {
  return { workflow: run.workflow, isStopping: run.stopping.aborted, undoEveryMs: run.undoEveryMs }
}

function limitsOf<Deps>(run: OperationRun<Deps>, timeoutMs: number) {
  return { timeoutMs, leaseSignal: run.leaseSignal, stopSignal: run.stopNow }
}

/** Doubles from try to try; ends early when the lease is lost or the process wants to end. */
async function backOff<Deps>(run: OperationRun<Deps>, attempt: number): Promise<void> {
  const delayMs = Math.min(BACKOFF_MS_MIN * 2 ** (attempt - 1), BACKOFF_MS_MAX)
  const { signal, release } = joinSignals(run.leaseSignal, run.stopping)
  await sleep(delayMs, undefined, { signal }).catch(() => {})
  release()
}

async function reach<Deps>(
  run: OperationRun<Deps>,
  step: string,
  place: FaultPlace,
  signal: AbortSignal,
): Promise<void> {
  if (!run.faults) return
  const { operationId, holder, epoch } = run.held.lease
  const { attempts } = stepOf(run.held.operation, step)
  await run.faults({ operationId, holder, leaseEpoch: epoch, step, place, attempt: attempts, signal })
}

function stepRun<Deps>(
  run: OperationRun<Deps>,
  name: string,
  signal: AbortSignal,
  halfway?: 'halfway' | 'undo-halfway',
): StepRun<unknown, Deps> {
  const { held, db } = run
  return {
    operationId: held.lease.operationId,
    params: held.operation.params,
    deps: run.deps,
    leaseEpoch: held.lease.epoch,
    attempt: stepOf(held.operation, name).attempts,
    timeoutMs: specOf(run.workflow, name).timeoutMs,
    signal,
    outputOf: <T extends Json>(step: string) => outputOf(held, step) as T, // the step that wrote it fixes its shape
    timeOf: (step, edge) => {
      const at = stepOf(held.operation, step)[edge === 'started' ? 'startedAt' : 'finishedAt']
      invariant(at, `Step ${step} has not ${edge} yet.`)
      return at
    },
    transact: (work) =>
      transact(db, async (tx) => {
        await assertLease(tx, held)
        return work(tx)
      }),
    halfway: () => (halfway ? reach(run, name, halfway, signal) : Promise.resolve()),
  }
}

function outputOf({ operation }: Held, step: string): Json {
  const { status, output } = stepOf(operation, step)
  invariant(status === 'done' || output !== null, `Step ${step} is ${status}: it has no output.`)
  return output
}

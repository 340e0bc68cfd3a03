import {
  advance,
  type Course,
  giveUp,
  mayPauseBefore,
  recordNotHappened,
  recordNotUndone,
  recordUndone,
  specOf,
  startAttempt,
  type Work,
} from './advance'
import { attempt, recordReturned } from './attempt'
import { callStep, type Outcome } from './call-step'
import { decideNext } from './decide-next'
import { type NotDone, type ReadBack, refusalOf, type StepDone } from './define'
import { type Draft, record } from './journal'
import { stepOf } from './operation-record'
import { backOff, change, courseOf, limitsOf, type OperationRun, reach, stepRun } from './step-run'

/** How often an unknown outcome is looked at before a person is asked or the operation goes back. */
export const READ_BACKS_MAX = 5

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
      const done = await spec.undo!(stepRun(run, name, signal, { halfway: 'undo-halfway' }))
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

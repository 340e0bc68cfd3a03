import { recordDone, recordNotDone, specOf, stepAfter, type Work } from './advance'
import { callStep, type Outcome } from './call-step'
import { refusalOf, type StepDone } from './define'
import { change, courseOf, limitsOf, type OperationRun, reach, stepRun, type Unrecorded } from './step-run'

/** One attempt at a step, from the call to its record. */
export async function attempt<Deps>(run: OperationRun<Deps>, name: string): Promise<Work> {
  const outcome = await callDo(run, name)
  if (outcome.kind === 'returned' && specOf(run.workflow, name).recordWithNext)
    return attemptNextBeforeRecord(run, name, outcome.value)
  const work = await recordOutcome(run, name, outcome)
  await reach(run, name, 'recorded', run.leaseSignal)
  return work
}

function callDo<Deps>(run: OperationRun<Deps>, name: string, unrecorded?: Unrecorded): Promise<Outcome<StepDone>> {
  const spec = specOf(run.workflow, name)
  return callStep(
    async (signal) => {
      await reach(run, name, 'before', signal)
      const done = await spec.do(stepRun(run, name, signal, { halfway: 'halfway', unrecorded }))
      await reach(run, name, 'effect', signal)
      return done
    },
    limitsOf(run, spec.timeoutMs),
  )
}

/**
 * The next step's `do` only looks, so it may run before this one is recorded; its effect is in the commit, which then holds
 * both. When it does not come to that, or a person has asked to go back, this step is recorded alone, as any other.
 */
async function attemptNextBeforeRecord<Deps>(run: OperationRun<Deps>, name: string, done: StepDone): Promise<Work> {
  const next = stepAfter(run.workflow, name)
  const startedMs = performance.now()
  const outcome = await callDo(run, next, { step: name, done })
  const both = outcome.kind === 'returned' && (await recordBoth(run, [name, done], [next, outcome.value], startedMs))
  const work = both || (await recordAlone(run, [name, done], [next, outcome]))
  for (const step of [name, next]) await reach(run, step, 'recorded', run.leaseSignal)
  return work
}

/** Null when a `commit` refused: nothing is recorded then. */
async function recordBoth<Deps>(
  run: OperationRun<Deps>,
  [name, done]: [string, StepDone],
  [next, nextDone]: [string, StepDone],
  startedMs: number,
): Promise<Work | null> {
  const [first, second] = [stepRun(run, name, run.leaseSignal), stepRun(run, next, run.leaseSignal)]
  try {
    return await change(run, async (draft) => {
      draft.recordLateBy(performance.now() - startedMs)
      const work = await recordDone(draft, courseOf(run), first, { name, done })
      draft.recordLateBy(0)
      if (work.kind !== 'do' || work.step !== next) return work
      return recordDone(draft, courseOf(run), second, { name: next, done: nextDone })
    })
  } catch (error) {
    if (!refusalOf(error)) throw error
    return null
  }
}

async function recordAlone<Deps>(
  run: OperationRun<Deps>,
  [name, done]: [string, StepDone],
  [next, outcome]: [string, Outcome<StepDone>],
): Promise<Work> {
  const work = await recordReturned(run, name, done)
  return work.kind === 'do' && work.step === next ? recordOutcome(run, next, outcome) : work
}

async function recordOutcome<Deps>(run: OperationRun<Deps>, name: string, outcome: Outcome<StepDone>): Promise<Work> {
  switch (outcome.kind) {
    case 'returned':
      return recordReturned(run, name, outcome.value)
    case 'refused':
    case 'failed':
      return change(run, (draft) => recordNotDone(draft, courseOf(run), name, outcome))
    case 'unknown':
      return change(run, (draft) => {
        draft.moveStep(name, 'unknown', { error: outcome.says }, 'operation.step-unknown')
        // A call that has not ended may still take effect: only a new lease epoch can shut it out.
        return outcome.isStuck || run.stopping.aborted ? { kind: 'stop' } : { kind: 'resolve', step: name }
      })
  }
}

/** Records success. When `commit` refuses, its transaction is gone and the refusal is recorded in one of its own. */
export async function recordReturned<Deps>(run: OperationRun<Deps>, name: string, done: StepDone): Promise<Work> {
  const step = stepRun(run, name, run.leaseSignal)
  try {
    return await change(run, (draft) => recordDone(draft, courseOf(run), step, { name, done }))
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return change(run, (draft) => recordNotDone(draft, courseOf(run), name, { ...refusal, isAfterEffect: true }))
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '@/model/canonical-json'
import { invariant } from '@/model/invariant'
import { joinSignals } from '@/model/join-signals'
import { type Db, transact } from '@/server/db'
import { type Course, specOf, type Work } from './advance'
import type { StepDone, StepRun, Workflow } from './define'
import type { FaultPlace, FaultPlan } from './faults'
import { assertLease, type Draft, type Held, record } from './journal'
import { stepOf } from './operation-record'

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

/** A step that returned and is recorded together with the next one. */
export type Unrecorded = { step: string; done: StepDone }

/** What every attempt of a held operation shares: what a step is given, its limits, the places of faults, and the record. */
export function stepRun<Deps>(
  run: OperationRun<Deps>,
  name: string,
  signal: AbortSignal,
  { halfway, unrecorded }: { halfway?: 'halfway' | 'undo-halfway'; unrecorded?: Unrecorded | undefined } = {},
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
    // the step that wrote it fixes its shape
    outputOf: <T extends Json>(step: string) =>
      (unrecorded?.step === step ? (unrecorded.done.output ?? null) : outputOf(held, step)) as T,
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

export function change<Deps>(run: OperationRun<Deps>, make: (draft: Draft) => Promise<Work> | Work): Promise<Work> {
  return record(run.db, run.held, make)
}

export function courseOf<Deps>(run: OperationRun<Deps>): Course<Deps> {
  return { workflow: run.workflow, isStopping: run.stopping.aborted, undoEveryMs: run.undoEveryMs }
}

export function limitsOf<Deps>(run: OperationRun<Deps>, timeoutMs: number) {
  return { timeoutMs, leaseSignal: run.leaseSignal, stopSignal: run.stopNow }
}

/** Doubles from try to try; ends early when the lease is lost or the process wants to end. */
export async function backOff<Deps>(run: OperationRun<Deps>, attempt: number): Promise<void> {
  const delayMs = Math.min(BACKOFF_MS_MIN * 2 ** (attempt - 1), BACKOFF_MS_MAX)
  const { signal, release } = joinSignals(run.leaseSignal, run.stopping)
  await sleep(delayMs, undefined, { signal }).catch(() => {})
  release()
}

export async function reach<Deps>(
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

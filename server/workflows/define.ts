import type { Json } from '@/model/canonical-json'
import type { AuditEntry, Tx } from '@/server/db'

/**
 * Durable operations. This folder owns the journal (`operation`, `operation_step`), the lease on it, and the loop that
 * drives steps; it knows no noun: what a step does arrives as a table and as `deps`.
 * Invariants: every transition commits together with its audit event; every write of a worker is conditional on its
 * (lease holder, lease epoch); an unknown outcome is read back, never guessed; past the point of no return there is only
 * forward; an operation that cannot proceed rests in `needs-human` with the reason.
 *
 * This file: what a durable operation looks like. A workflow is a table of steps; the runtime (run.ts) leases it from the
 * journal, runs the steps in order, and knows nothing of what they do.
 *
 * Contract of a step: `do` may run more than once for one operation (a worker can die after the effect and before the
 * record), so it must be idempotent or have a `readBack`. It ends by returning, or by throwing `StepRefused` (nothing
 * happened, and nothing will by trying again), `StepFailed` (nothing happened, trying again may help), one of the two with
 * `isAfterEffect` (it happened, so its `undo` is called when the operation goes back), or anything else,
 * which counts as unknown and is resolved by `readBack` before the next attempt. Without a `readBack`, `do` itself must be
 * idempotent: it is run again to find out. A step before the point of no return without an `undo` promises that it leaves
 * nothing to take back. A failure whose earlier attempt is still in doubt counts as unknown, so its `undo` is called.
 *
 * The deciding step takes its effect in `commit`, and then the journal itself says whether it was taken; or it has a
 * `readBack`, and while that cannot tell, nobody knows which way to go and the operation rests in `needs-human`.
 */
export type Workflow<Params, Deps> = {
  kind: string
  version: number
  steps: readonly Step<Params, Deps>[]
}

export type Step<Params, Deps> = {
  name: string
  /** What an operator reads, as an imperative: "Fence the old primary". */
  title: string
  /** Bounds one attempt of do, undo or readBack. On expiry the signal is aborted and the outcome is unknown. */
  timeoutMs: number
  /** How often `do` may start, deaths of the worker included; 2 or more, or one death sends the operation back. */
  attemptsMax: number
  do(run: StepRun<Params, Deps>): Promise<StepDone>
  /**
   * Runs in the transaction that records the step as done: for effects on the catalog, which then happen exactly once.
   * StepRefused or StepFailed thrown here ends the attempt like one thrown by `do`; the transaction is rolled back.
   */
  commit?(tx: Tx, run: StepRun<Params, Deps>, done: StepDone, audit: NoteAudit): Promise<void>
  /** Looks at the world, never changes it. */
  readBack?(run: StepRun<Params, Deps>): Promise<ReadBack>
  /** Only before the point of no return. Idempotent; may be called for a step whose outcome is unknown. */
  undo?(run: StepRun<Params, Deps>): Promise<StepDone>
  /** Like `commit`, in the transaction that records the step as undone. */
  commitUndo?(tx: Tx, run: StepRun<Params, Deps>, done: StepDone): Promise<void>
  /** Somebody waits while this step is next (writers, before a closed gate): a pause is taken before a later step instead. */
  noPauseBefore?: true
  /** What it found may be untrue after a pause: it is run again then, as long as nothing has taken effect. */
  recheckOnResume?: true
  /**
   * Its record commits together with the next step's, because somebody waits for each commit. The next one is the decision,
   * and its `do` only looks. A worker that dies in between leaves this step unknown, as one that dies before its record does.
   */
  recordWithNext?: true
  /** Completing this step is the decision: afterwards the operation only goes forward. */
  pointOfNoReturn?: true
}

/** An event that is appended to the audit with the record's own, in one statement: somebody may wait for this commit. */
export type NoteAudit = (entry: AuditEntry) => void

export type StepRun<Params, Deps> = {
  operationId: string
  params: Params
  deps: Deps
  /** Goes into every effect: a receiver refuses a lower one. */
  leaseEpoch: bigint
  attempt: number
  timeoutMs: number
  /** Aborted at the step's deadline and when the lease is lost. */
  signal: AbortSignal
  /** Output of an earlier step that is done. Throws if it is not. */
  outputOf<T extends Json>(step: string): T
  /** When an earlier step started or ended, by the catalog's clock. */
  timeOf(step: string, edge: 'started' | 'finished'): Date
  /**
   * A catalog transaction in the middle of `do` or `undo`, under a check that this worker still holds the lease (else
   * LeaseLost, which the step must let pass). For changes that must precede an effect; may run again, so idempotent. Not
   * inside `commit`, whose transaction already holds the lock.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Marks the place where an effect of several parts is half done, so that tests can stop the worker there. */
  halfway(): Promise<void>
}

/** `says`: one past-tense sentence for the timeline and the audit event. `output`: facts for later steps. */
export type StepDone = { says: string; output?: Json }

export type ReadBack =
  | { found: 'done'; says: string; output?: Json }
  | { found: 'not-done' }
  | { found: 'unknown'; says: string }

/**
 * How a step says that it was not carried out. `isAfterEffect`: what it does has happened, and shows that the operation must not go
 * on: it is undone like a step that is done.
 */
abstract class StepNotDone extends Error {
  abstract readonly kind: 'refused' | 'failed'
  readonly isAfterEffect: boolean
  constructor(
    readonly says: string,
    { isAfterEffect = false }: { isAfterEffect?: boolean } = {},
  ) {
    super(says)
    this.isAfterEffect = isAfterEffect
  }
}

export class StepRefused extends StepNotDone {
  override name = 'StepRefused'
  readonly kind = 'refused'
}

export class StepFailed extends StepNotDone {
  override name = 'StepFailed'
  readonly kind = 'failed'
}

export type NotDone = { kind: 'refused' | 'failed'; says: string; isAfterEffect?: boolean }

/** What the error says of the attempt; null for any other error, after which nobody knows what happened. */
export function refusalOf(error: unknown): NotDone | null {
  if (!(error instanceof StepNotDone)) return null
  const { kind, says, isAfterEffect } = error
  return { kind, says, isAfterEffect }
}

/** Fixes the types and checks what a table cannot say: names are unique, one step decides, and its outcome can be known. */
export function defineWorkflow<Params, Deps>(workflow: Workflow<Params, Deps>): Workflow<Params, Deps> {
  const names = new Set(workflow.steps.map((step) => step.name))
  if (names.size !== workflow.steps.length) throw new Error(`Workflow ${workflow.kind}: two steps share a name.`)
  const decisions = workflow.steps.filter((step) => step.pointOfNoReturn)
  if (decisions.length !== 1)
    throw new Error(`Workflow ${workflow.kind}: exactly one step must be the point of no return.`)
  if (!decisions[0]!.commit && !decisions[0]!.readBack)
    throw new Error(`Workflow ${workflow.kind}: whether ${decisions[0]!.name} was decided must be readable.`)
  const decidedAt = workflow.steps.indexOf(decisions[0]!)
  const lateUndo = workflow.steps.slice(decidedAt).find((step) => step.undo)
  if (lateUndo)
    throw new Error(`Workflow ${workflow.kind}: ${lateUndo.name} cannot be undone after the point of no return.`)
  const early = workflow.steps.find((step, index) => step.recordWithNext && index + 1 !== decidedAt)
  if (early || (decisions[0]!.readBack && workflow.steps[decidedAt - 1]?.recordWithNext))
    throw new Error(
      `Workflow ${workflow.kind}: only a decision that is its own record may be recorded with the step before it.`,
    )
  const lateRecheck = workflow.steps.find((step, index) => step.recheckOnResume && (step.undo || index >= decidedAt))
  if (lateRecheck)
    throw new Error(`Workflow ${workflow.kind}: ${lateRecheck.name} takes effect and cannot be rechecked.`)
  return workflow
}

import type { Json } from '@/model/canonical-json'
import { invariant } from '@/model/invariant'
import type { OperationState, StepState } from '@/model/states'
import type { Db, Tx } from '@/server/db'

/** An operation as the journal holds it. Instants are by the catalog's clock. */
export type OperationRecord = {
  id: string
  code: string
  kind: string
  workflowVersion: number
  scope: string
  requestId: string | null
  /** The body of the plan: what the workflow gets as `params`. */
  params: Json
  status: OperationState
  /** Why it is in this state; while it runs, what a person asked for. */
  statusReason: string | null
  abortRequestedAt: Date | null
  pauseRequestedAt: Date | null
  pointOfNoReturnAt: Date | null
  leaseHolder: string | null
  leaseEpoch: bigint
  /** Given back until then, between two slow tries to go back; null when a worker has it or may take it. */
  nextTryAt: Date | null
  steps: readonly StepRecord[]
}

export type StepRecord = {
  position: number
  name: string
  title: string
  undoable: boolean
  /** True from the deciding step on. */
  pastReturn: boolean
  status: StepState
  /** Starts in the present direction: of `do`, or of `undo` once the step is being undone. */
  attempts: number
  startedAt: Date | null
  finishedAt: Date | null
  says: string | null
  /** On a running step: an earlier attempt whose outcome is still in doubt. */
  error: string | null
  output: Json | null
}

/** Reads an operation and its steps in order. Null when there is none. */
export async function findOperation(db: Db | Tx, operationId: string): Promise<OperationRecord | null> {
  const row = await db.operation.findUnique({
    where: { id: operationId },
    include: { plan: true, steps: { orderBy: { position: 'asc' } } },
  })
  if (!row) return null
  return {
    id: row.id,
    code: row.code,
    kind: row.kind,
    workflowVersion: row.workflowVersion,
    scope: row.scope,
    requestId: row.requestId,
    params: row.plan.body as Json,
    status: row.status as OperationState, // the database's CHECK is this list
    statusReason: row.statusReason,
    abortRequestedAt: row.abortRequestedAt,
    pauseRequestedAt: row.pauseRequestedAt,
    pointOfNoReturnAt: row.pointOfNoReturnAt,
    leaseHolder: row.leaseHolder,
    leaseEpoch: row.leaseEpoch,
    nextTryAt: nextTryOf(row),
    steps: row.steps.map((step) => ({
      position: step.position,
      name: step.name,
      title: step.title,
      undoable: step.undoable,
      pastReturn: step.pastReturn,
      status: step.status as StepState,
      attempts: step.attempts,
      startedAt: step.startedAt,
      finishedAt: step.finishedAt,
      says: step.says,
      error: step.error,
      output: step.output as Json | null,
    })),
  }
}

/**
 * While nobody holds the lease, `lease_until` is the time before which nobody may take it: set only between two slow tries
 * to go back.
 */
export function nextTryOf(row: { leaseHolder: string | null; leaseUntil: Date | null }): Date | null {
  return row.leaseHolder === null ? row.leaseUntil : null
}

export function stepOf(operation: OperationRecord, name: string): StepRecord {
  const step = operation.steps.find((candidate) => candidate.name === name)
  invariant(step, `Operation ${operation.code} has no step ${name}.`)
  return step
}

/** The first step that is past the return is the one that decides. */
export function isDeciding(operation: OperationRecord, step: StepRecord): boolean {
  return step.pastReturn && operation.steps.find((candidate) => candidate.pastReturn)?.position === step.position
}

import type { AuditAction } from '@/model/audit-actions'
import { DomainError } from '@/model/errors'
import { invariant } from '@/model/invariant'
import {
  nextOperationState,
  type OperationAction,
  type OperationEvent,
  type OperationState,
  whyNotOperationAction,
} from '@/model/states'
import { type Actor, announce, appendAudit, type Tx } from '@/server/db'
import { skipPending } from './journal'
import { findOperation, isDeciding, type OperationRecord } from './operation-record'

/**
 * What a person may ask of an operation. Each locks the row that every record of a worker also locks, so a request falls
 * before or after a step, never into the middle; a running operation notes it and honours it between two steps.
 * All throw DomainError: `not-found`, or `precondition-failed` with the sentence of the disabled button.
 */
export type ControlOrder = { operationId: string; actor: Actor; homeRegion: string; reason: string }

/** Asks the worker to rest after the step that runs now. */
export async function requestPause(tx: Tx, order: ControlOrder): Promise<void> {
  const operation = await lockFor(tx, order, 'pause')
  if (operation.pauseRequestedAt) return
  const reason = `A person asked for a pause: ${order.reason}`
  // An abort that was asked for comes first, and so does its reason.
  await tx.$executeRaw`
    UPDATE operation SET pause_requested_at = now(),
      status_reason = CASE WHEN abort_requested_at IS NULL THEN ${reason} ELSE status_reason END
    WHERE id = ${order.operationId}::uuid`
  await tell(tx, order, operation, 'operation.pause-requested')
}

/** A worker takes the operation up where it stopped. */
export async function requestResume(tx: Tx, order: ControlOrder): Promise<void> {
  const operation = await lockFor(tx, order, 'resume')
  await move(tx, operation, 'resumed')
  await tell(tx, order, operation, 'operation.resumed')
}

/** Goes back, before the point of no return only. An operation that nobody started is over at once. */
export async function requestAbort(tx: Tx, order: ControlOrder): Promise<void> {
  const operation = await lockFor(tx, order, 'abort')
  if (operation.abortRequestedAt) return
  const reason = `A person asked to abort: ${order.reason}`
  await tx.$executeRaw`
    UPDATE operation SET abort_requested_at = now(), status_reason = ${reason} WHERE id = ${order.operationId}::uuid`
  if (operation.status !== 'running') await move(tx, operation, 'abort-requested', reason)
  await tell(tx, order, operation, 'operation.abort-requested')
}

/**
 * Puts an operation that waits for a person back to work in the direction it had, with all attempts anew. One that waits
 * for its next slow try to go back is tried now, and the count goes on.
 */
export async function requestRetry(tx: Tx, order: ControlOrder): Promise<void> {
  const operation = await lockFor(tx, order, 'retry')
  if (operation.status === 'undoing') {
    await tx.$executeRaw`UPDATE operation SET lease_until = NULL WHERE id = ${operation.id}::uuid AND lease_holder IS NULL`
    return tell(tx, order, operation, 'operation.retried')
  }
  const isGoingBack = operation.steps.some(({ status }) => status === 'undoing' || status === 'undone')
  // What is unknown stays so until it is looked at; what refused or failed did nothing and begins anew.
  await tx.$executeRaw`
    UPDATE operation_step SET attempts = 0, status = CASE WHEN status IN ('refused', 'failed') THEN 'pending' ELSE status END
    WHERE operation_id = ${order.operationId}::uuid AND status IN ('refused', 'failed', 'unknown', 'undoing')`
  await move(tx, operation, isGoingBack ? 'undo-retried' : 'retried')
  await tell(tx, order, operation, 'operation.retried')
}

async function lockFor(tx: Tx, { operationId }: ControlOrder, action: OperationAction): Promise<OperationRecord> {
  await tx.$queryRaw`SELECT 1 FROM operation WHERE id = ${operationId}::uuid FOR UPDATE`
  const operation = await findOperation(tx, operationId)
  if (!operation) throw new DomainError('not-found', 'There is no such operation.')
  const decision = operation.steps.find((step) => isDeciding(operation, step))?.status ?? null
  const whyNot = whyNotOperationAction(action, { ...operation, decision })
  if (whyNot) throw new DomainError('precondition-failed', whyNot)
  return operation
}

async function move(
  tx: Tx,
  operation: OperationRecord,
  event: OperationEvent,
  reason: string | null = null,
): Promise<void> {
  const to: OperationState | null = nextOperationState(operation.status, event)
  invariant(to, `Operation ${operation.code} is ${operation.status}: ${event} is not legal.`)
  if (to === 'undone') await skipPending(tx, operation.id)
  await tx.$executeRaw`
    UPDATE operation SET status = ${to}, status_reason = ${reason}, pause_requested_at = NULL,
      finished_at = CASE WHEN ${to === 'undone'} THEN now() END
    WHERE id = ${operation.id}::uuid AND status = ${operation.status}`
}

/** The event names the move it made, if it made one, so that the history of an operation can be replayed from its events. */
async function tell(tx: Tx, order: ControlOrder, before: OperationRecord, action: AuditAction): Promise<void> {
  const after = await tx.operation.findUniqueOrThrow({ where: { id: before.id }, select: { status: true } })
  await appendAudit(tx, {
    actor: order.actor,
    action,
    aggregateType: 'operation',
    aggregateId: before.id,
    homeRegion: order.homeRegion,
    scope: before.scope,
    correlationId: before.requestId ?? before.id,
    occurredAt: new Date(),
    detail: { code: before.code, reason: order.reason, from: before.status, to: after.status },
  })
  await announce(tx, { topic: 'operations', ids: [before.id] })
}

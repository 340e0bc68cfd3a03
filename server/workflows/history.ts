import { canStepMove, finalOperationStates, type OperationState, operationMoves, type StepState } from '@/model/states'
import type { Db } from '@/server/db'
import type { OperationRecord } from './operation-record'

type Move = { action: string; step: string | null; from: string; to: string }

/**
 * Replays an operation from its audit events and says where they do not add up to the journal: a move that is not legal,
 * a move from a state it was not in, or an end that the events do not explain.
 */
export async function historyViolations(db: Db, operation: OperationRecord): Promise<string[]> {
  const moves = await movesOf(db, operation.id)
  const violations: string[] = []
  let status: OperationState = 'queued'
  const steps = new Map<string, StepState>(operation.steps.map(({ name }) => [name, 'pending']))
  for (const move of moves) {
    const was = move.step ? steps.get(move.step) : status
    const told = `${move.action} ${move.step ?? ''} ${move.from} > ${move.to}`
    if (move.from !== was) violations.push(`${told}: it was ${was}.`)
    if (move.from !== move.to && !isLegal(move)) violations.push(`${told}: not a legal move.`)
    if (move.step) steps.set(move.step, move.to as StepState)
    else status = move.to as OperationState
    if (move.action === 'operation.retried' && move.from === 'needs-human') restartSteps(steps)
  }
  if (status !== operation.status) violations.push(`The events end in ${status}, the journal in ${operation.status}.`)
  for (const { name, status } of operation.steps)
    if (steps.get(name) !== status && status !== 'skipped')
      violations.push(`${name}: the events end in ${steps.get(name)}, the journal in ${status}.`)
  return violations
}

/** What must hold for any operation at rest, whatever its steps do. */
export function restViolations(operation: OperationRecord): string[] {
  const violations: string[] = []
  const isFinal = finalOperationStates.some((final) => final === operation.status)
  if (!isFinal && operation.status !== 'needs-human') violations.push(`It rests as ${operation.status}.`)
  if (operation.status === 'needs-human' && !operation.statusReason)
    violations.push('It needs a human and does not say why.')
  if (operation.leaseHolder) violations.push(`${operation.leaseHolder} still holds its lease.`)
  if (isFinal && (operation.status === 'done') !== (operation.pointOfNoReturnAt !== null))
    violations.push(`It is ${operation.status} with the point of no return at ${operation.pointOfNoReturnAt}.`)
  for (const { name, status, undoable } of operation.steps)
    if (!isExplained(operation.status, status, undoable))
      violations.push(`${name} is ${status} in a ${operation.status} operation.`)
  return violations
}

function isExplained(operation: OperationState, step: StepState, undoable: boolean): boolean {
  if (operation === 'done') return step === 'done'
  if (operation !== 'undone') return step !== 'running'
  // What cannot be undone has left nothing; what refused or failed did nothing.
  return undoable
    ? ['undone', 'refused', 'failed', 'skipped'].includes(step)
    : !['running', 'pending', 'undoing'].includes(step)
}

async function movesOf(db: Db, operationId: string): Promise<Move[]> {
  const events = await db.globalAuditEvent.findMany({
    where: { aggregateType: 'operation', aggregateId: operationId },
    orderBy: [{ recordedAt: 'asc' }, { auditEventId: 'asc' }],
  })
  return events.flatMap(({ actionType, metadata }) => {
    const { from, to, step } = metadata as { from?: string; to?: string; step?: string }
    return from && to ? [{ action: actionType, step: step ?? null, from, to }] : []
  })
}

function isLegal({ step, from, to }: Move): boolean {
  if (step) return canStepMove(from as StepState, to as StepState)
  return operationMoves.some((move) => move.from === from && move.to === to)
}

function restartSteps(steps: Map<string, StepState>): void {
  for (const [name, status] of steps) if (status === 'refused' || status === 'failed') steps.set(name, 'pending')
}

import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@/model/errors'
import { type Actor, announce, appendAudit, Prisma, type Tx } from '@/server/db'
import type { Workflow } from './define'
import { describeSteps } from './describe-steps'

export type EnqueueOrder = {
  planId: string
  scope: string
  /** The consumed request; null for what needs none. Its id is what ties all audit events together. */
  requestId: string | null
  /** The person on whose word the operation starts. */
  startedBy: string
  actor: Actor
  homeRegion: string
}

/**
 * Writes the operation and its steps inside the caller's transaction, so that the approval is consumed and the work is
 * queued together or not at all. The code is what people say: "OP-12".
 * Throws DomainError `conflict` when the scope has an active operation already; the caller's transaction is then over.
 */
export async function enqueueOperation<Params, Deps>(
  tx: Tx,
  workflow: Workflow<Params, Deps>,
  { planId, scope, requestId, startedBy, actor, homeRegion }: EnqueueOrder,
): Promise<{ operationId: string; code: string }> {
  const operationId = uuidv7()
  const code = await nextCode(tx)
  const operation = { id: operationId, code, kind: workflow.kind, workflowVersion: workflow.version }
  try {
    await tx.operation.create({ data: { ...operation, scope, planId, requestId, startedBy, status: 'queued' } })
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new DomainError('conflict', `Another operation on ${scope} is not finished yet.`, {
        rule: 'one-operation-per-scope',
      })
    throw error
  }
  await tx.operationStep.createMany({
    data: describeSteps(workflow).map((step, index) => ({ operationId, position: index + 1, ...step })),
  })
  await appendAudit(tx, {
    actor,
    action: 'operation.enqueued',
    aggregateType: 'operation',
    aggregateId: operationId,
    homeRegion,
    scope,
    correlationId: requestId ?? operationId,
    occurredAt: new Date(),
    detail: { code, kind: workflow.kind, workflowVersion: workflow.version, planId },
  })
  await announce(tx, { topic: 'operations', ids: [operationId] })
  return { operationId, code }
}

async function nextCode(tx: Tx): Promise<string> {
  const [row] = await tx.$queryRaw<{ n: bigint }[]>`SELECT nextval('operation_code_seq') AS n`
  return `OP-${row!.n}`
}

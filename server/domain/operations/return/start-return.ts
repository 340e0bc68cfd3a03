import { DomainError } from '@/model/errors'
import { activeOperationStates } from '@/model/states'
import { type Actor, type Db, type Tx, transact } from '@/server/db'
import { enqueueOperation } from '@/server/workflows'
import { readWorld } from '../read-world'
import { storePlan } from '../store-plan'
import { planReturn, scopeOfReturn } from './plan-return'
import type { StaleRow } from './return-run'
import { returnSteps, returnWorkflow } from './return-workflow'

export type ReturnOrder = {
  staleServerId: string
  /** Who starts it. The worker acts in the name of whoever started the failover. */
  actor: Actor
  homeRegion: string
  /** Left out: whoever started the failover. */
  startedBy?: string
}

/**
 * Queues the return of a server that was left behind. Null: there is nothing to do, or somebody is at it. Two that start it at once
 * are told apart by the index that allows one active operation a scope.
 */
export async function startReturn(db: Db, order: ReturnOrder): Promise<{ operationId: string; code: string } | null> {
  try {
    return await transact(db, (tx) => startReturnIn(tx, order))
  } catch (error) {
    if (error instanceof DomainError && error.code === 'conflict') return null
    throw error
  }
}

export async function startReturnIn(
  tx: Tx,
  { staleServerId, actor, homeRegion, startedBy }: ReturnOrder,
): Promise<{ operationId: string; code: string } | null> {
  const stale = await lockStale(tx, staleServerId)
  if (!stale || !['away', 'returned', 'closed'].includes(stale.status)) return null
  const scope = scopeOfReturn(stale.memberId)
  const isBusy = await tx.operation.count({ where: { scope, status: { in: [...activeOperationStates] } } })
  if (isBusy > 0) return null
  const failover = await tx.operation.findUnique({ where: { id: stale.operationId }, select: { startedBy: true } })
  const madeBy = startedBy ?? failover?.startedBy
  const world = await readWorld(tx, stale.cellId)
  const plan = madeBy && world ? planReturn(world, stale, { madeBy, steps: returnSteps }) : null
  if (!plan || !madeBy) return null
  const { id: planId } = await storePlan(tx, plan, { actor, homeRegion })
  return enqueueOperation(tx, returnWorkflow, { planId, scope, requestId: null, startedBy: madeBy, actor, homeRegion })
}

async function lockStale(tx: Tx, id: string): Promise<StaleRow | null> {
  await tx.$queryRaw`SELECT 1 FROM stale_server WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  return tx.staleServer.findUnique({ where: { id } })
}

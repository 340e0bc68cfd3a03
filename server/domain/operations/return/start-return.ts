import { DomainError } from '@/model/errors'
import type { ReturnPlan } from '@/model/schemas/plans'
import { scopeOfReturn } from '@/model/scope-of-return'
import { activeOperationStates } from '@/model/states'
import { type Actor, announce, type Db, type Tx, transact } from '@/server/db'
import { enqueueOperation } from '@/server/workflows'
import { storePlan } from '../store-plan'
import { readWorld } from '../world/read-world'
import { planReturn } from './plan-return'
import type { StaleRow } from './return-run'
import { returnSteps, returnWorkflow } from './return-workflow'

/** Everything that takes time to read, so that whoever sees a server return need not read it then. */
export type PreparedReturn = { staleServerId: string; startedBy: string; plan: ReturnPlan }

/**
 * Plans the return of a server that was left behind, in the name of `startedBy` or else of whoever started its failover. Null: there
 * is nothing to return from, or no writer to compare it with. Changes nothing.
 */
export async function prepareReturn(
  db: Db,
  { staleServerId, startedBy }: { staleServerId: string; startedBy?: string },
): Promise<PreparedReturn | null> {
  const stale = await db.staleServer.findUnique({ where: { id: staleServerId } })
  if (!stale || !isAwaited(stale)) return null
  const failover = await db.operation.findUnique({ where: { id: stale.operationId }, select: { startedBy: true } })
  const madeBy = startedBy ?? failover?.startedBy
  const world = await readWorld(db, stale.cellId)
  const plan = madeBy && world ? planReturn(world, stale, { madeBy, steps: returnSteps }) : null
  return plan && madeBy ? { staleServerId, startedBy: madeBy, plan } : null
}

export type ReturnOrder = {
  actor: Actor
  homeRegion: string
  /** It was heard just now: from this moment on its gate must close. */
  hasAnswered: boolean
}

/**
 * Queues a prepared return. Null: it is over, or somebody is at it. Two that start it at once are told apart by the index that
 * allows one active operation a scope.
 */
export async function startReturn(
  db: Db,
  prepared: PreparedReturn,
  order: ReturnOrder,
): Promise<{ operationId: string; code: string } | null> {
  try {
    return await transact(db, (tx) => start(tx, prepared, order))
  } catch (error) {
    if (error instanceof DomainError && error.code === 'conflict') return null
    throw error
  }
}

async function start(tx: Tx, prepared: PreparedReturn, order: ReturnOrder) {
  const { staleServerId, startedBy, plan } = prepared
  const { actor, homeRegion } = order
  await tx.$queryRaw`SELECT 1 FROM stale_server WHERE id = ${staleServerId}::uuid FOR NO KEY UPDATE`
  const stale = await tx.staleServer.findUnique({ where: { id: staleServerId } })
  if (!stale || !isAwaited(stale)) return null
  const scope = scopeOfReturn(stale.memberId)
  const isBusy = await tx.operation.count({ where: { scope, status: { in: [...activeOperationStates] } } })
  if (isBusy > 0) return null
  const { id: planId } = await storePlan(tx, plan, { actor, homeRegion })
  const started = await enqueueOperation(tx, returnWorkflow, {
    planId,
    scope,
    requestId: null,
    startedBy,
    actor,
    homeRegion,
  })
  if (order.hasAnswered) await noteAnswer(tx, staleServerId)
  return started
}

async function noteAnswer(tx: Tx, staleServerId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE stale_server SET returned_at = coalesce(returned_at, clock_timestamp()),
      status = CASE WHEN status = 'away' THEN 'returned' ELSE status END WHERE id = ${staleServerId}::uuid`
  await announce(tx, { topic: 'operations', ids: [staleServerId] })
}

function isAwaited({ status }: StaleRow): boolean {
  return ['away', 'returned', 'closed'].includes(status)
}

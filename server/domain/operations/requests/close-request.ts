import type { AuditAction } from '@/model/audit-actions'
import type { Json } from '@/model/canonical-json'
import type { Drift } from '@/model/schemas/plans'
import type { RequestState } from '@/model/states'
import { type Actor, announce, appendAudit, catalogNow, type Prisma, type Tx } from '@/server/db'
import { tellRequestDecided } from '@/server/domain/notifications'

export type OpenRequest = {
  id: string
  code: string
  kind: string
  scope: string
  planId: string
  planHash: string
  requesterId: string
  status: RequestState
  quorum: number
  reason: string
  createdAt: Date
  approveBy: Date
  /** The catalog's clock when the row was locked. */
  now: Date
}

/** Locks the request, so that clicks on it happen one after the other. Null: there is none. */
export async function lockRequest(tx: Tx, requestId: string): Promise<OpenRequest | null> {
  const [row] = await tx.$queryRaw<Omit<OpenRequest, 'now'>[]>`
    SELECT id, code, kind, scope, plan_id AS "planId", plan_hash AS "planHash", requester_id AS "requesterId", status,
           quorum, reason, created_at AS "createdAt", approve_by AS "approveBy"
    FROM operation_request WHERE id = ${requestId}::uuid FOR UPDATE`
  if (!row) return null
  // Asked after the lock: time goes on while one waits for it.
  return { ...row, now: await catalogNow(tx) }
}

export type Closing = {
  status: Exclude<RequestState, 'waiting'>
  action: AuditAction
  actor: Actor
  homeRegion: string
  reason: string | null
  drift?: Drift[]
  detail?: { readonly [key: string]: Json }
}

/** Ends a request that is locked and waiting; the database refuses to end one twice. */
export async function closeRequest(tx: Tx, request: OpenRequest, closing: Closing): Promise<void> {
  await endRequest(tx, request, closing)
  await recordClosing(tx, request, closing)
}

/** The change alone, for a closing that does something in between; `recordClosing` must follow in the same transaction. */
export async function endRequest(
  tx: Tx,
  request: OpenRequest,
  closing: Pick<Closing, 'status' | 'reason' | 'drift'>,
): Promise<void> {
  await tx.operationRequest.update({
    where: { id: request.id, status: 'waiting' },
    data: {
      status: closing.status,
      closedAt: request.now,
      closedReason: closing.reason,
      ...(closing.drift && { drift: closing.drift as unknown as Prisma.InputJsonArray }), // plain JSON by its schema
    },
  })
}

export async function recordClosing(tx: Tx, request: OpenRequest, closing: Closing): Promise<void> {
  await appendAudit(tx, {
    actor: closing.actor,
    action: closing.action,
    aggregateType: 'operation_request',
    aggregateId: request.id,
    homeRegion: closing.homeRegion,
    scope: request.scope,
    correlationId: request.id,
    occurredAt: request.now,
    detail: {
      code: request.code,
      planHash: request.planHash,
      ...(closing.reason !== null && { reason: closing.reason }),
      ...(closing.drift && { drift: closing.drift.map((difference) => ({ ...difference })) }),
      ...closing.detail,
    },
  })
  await tellRequestDecided(tx, request.id)
  await announce(tx, { topic: 'approvals', ids: [request.id] })
}

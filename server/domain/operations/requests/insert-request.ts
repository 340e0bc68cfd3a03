import { v7 as uuidv7 } from 'uuid'
import { operationKinds } from '@/model/operation-kinds'
import type { OperationPlan } from '@/model/schemas/plans'
import { type Actor, announce, appendAudit, catalogNow, type Tx } from '@/server/db'
import { tellRequestMade } from '@/server/domain/notifications'
import { APPROVE_WITHIN_MS, RUN_WITHIN_MS } from '../limits'
import type { OpenRequest } from './close-request'

export type NewRequest = {
  plan: { id: string; hash: string; body: OperationPlan }
  requesterId: string
  reason: string
  incidentRef: string | null
  /** Unique: one intent is one request, however often it is sent. */
  idempotencyKey: string
  actor: Actor
  homeRegion: string
  /** The voided request that this one asks again. */
  supersedes?: { id: string; code: string }
  /** Skips the quorum and has a time box of its own. `attestors`: others who have to confirm what the plan declares. */
  breakGlass?: { withinMs: number; attestors: number }
}

/** Writes a waiting request and its audit event. "F-12": the letter says the kind, the number is never given twice. */
export async function insertRequest(tx: Tx, order: NewRequest): Promise<OpenRequest> {
  const { plan, supersedes, breakGlass } = order
  const [{ n } = { n: 0n }] = await tx.$queryRaw<{ n: bigint }[]>`SELECT nextval('request_code_seq') AS n`
  const now = await catalogNow(tx)
  const { codeLetter, quorum: usual } = operationKinds[plan.body.kind]
  const quorum = breakGlass?.attestors || usual
  const approveBy = new Date(now.getTime() + (breakGlass?.withinMs ?? APPROVE_WITHIN_MS))
  const row = {
    id: uuidv7(),
    code: `${codeLetter}-${n}`,
    kind: plan.body.kind,
    scope: plan.body.scope,
    planId: plan.id,
    planHash: plan.hash,
    requesterId: order.requesterId,
    status: 'waiting' as const,
    quorum,
    reason: order.reason,
    createdAt: now,
    approveBy,
  }
  await tx.operationRequest.create({
    data: {
      ...row,
      incidentRef: order.incidentRef,
      runBy: breakGlass ? approveBy : new Date(approveBy.getTime() + RUN_WITHIN_MS),
      idempotencyKey: order.idempotencyKey,
      breakGlass: Boolean(breakGlass),
      ...(supersedes && { supersedes: supersedes.id }),
    },
  })
  await appendAudit(tx, {
    actor: order.actor,
    action: 'request.made',
    aggregateType: 'operation_request',
    aggregateId: row.id,
    homeRegion: order.homeRegion,
    scope: row.scope,
    epoch: BigInt(plan.body.epoch.from),
    commandId: order.idempotencyKey,
    correlationId: row.id,
    ...(supersedes && { causationId: supersedes.id }),
    occurredAt: now,
    detail: {
      code: row.code,
      planHash: row.planHash,
      reason: row.reason,
      quorum,
      requester: row.requesterId,
      ...(plan.body.overrides.length > 0 && { overrides: plan.body.overrides.map((override) => ({ ...override })) }),
      ...(supersedes && { supersedes: supersedes.code }),
      ...(breakGlass && { breakGlass: true }),
    },
  })
  await tellRequestMade(tx, row.id)
  await announce(tx, { topic: 'approvals', ids: [row.id] })
  return { ...row, now }
}

import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@/model/errors'
import { joinSentences } from '@/model/join-sentences'
import { operationKinds } from '@/model/operation-kinds'
import type { RequestOperation } from '@/model/schemas/operations'
import { OperationPlan } from '@/model/schemas/plans'
import { actorOf, authorizePerson, type Ctx, type Principal } from '@/server/context'
import { announce, appendAudit, Prisma, type Tx, transact } from '@/server/db'
import { describeDrift } from './decide-drift'
import { expireOverdue } from './expire-requests'
import { hashPlan } from './hash-plan'
import { kindOf } from './kinds'
import { APPROVE_WITHIN_MS, RUN_WITHIN_MS } from './limits'
import { catalogNow } from './read-world'

type Person = Extract<Principal, { kind: 'person' }>
export type RequestMade = { requestId: string; code: string }

/**
 * Asks that a plan be carried out. The plan is the one that the requester read: named by its hash, made by the same person,
 * not expired, and still true. Repeating an idempotency key answers the first request.
 */
export async function requestOperation(ctx: Ctx, input: RequestOperation): Promise<RequestMade> {
  const principal = authorizePerson(ctx, 'operation:request')
  try {
    return await transact(ctx.db, async (tx) => {
      await lockCell(tx, input.cellId)
      const earlier = await findEarlier(tx, input, principal)
      if (earlier) return earlier
      const plan = await readOwnPlan(tx, input, principal)
      await expireOverdue(tx, ctx.servedFrom, plan.body.scope)
      await refuseDrift(tx, plan.body)
      return insertRequest(tx, ctx, principal, input, plan)
    })
  } catch (error) {
    if (!isDuplicate(error)) throw error
    // Unique indexes settled a race: either this very intent was sent twice, or another request on the scope came first.
    const earlier = await findEarlier(ctx.db, input, principal)
    if (earlier) return earlier
    throw new DomainError('conflict', `Another request for ${input.cellId} already waits for a decision.`, {
      rule: 'one-operation-per-scope',
    })
  }
}

/**
 * One request a cell at a time. Without it, copies of one intent that arrive together would each look for an earlier request
 * before there is one, and then take the first copy's request for a change of the world.
 */
async function lockCell(tx: Tx, cellId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM cell WHERE id = ${cellId} FOR NO KEY UPDATE`
}

async function findEarlier(
  db: Pick<Tx, 'operationRequest'>,
  input: RequestOperation,
  principal: Person,
): Promise<RequestMade | null> {
  const earlier = await db.operationRequest.findUnique({ where: { idempotencyKey: input.idempotencyKey } })
  if (!earlier) return null
  if (earlier.requesterId !== principal.personId || earlier.planHash !== input.planHash)
    throw new DomainError('conflict', 'This idempotency key belongs to another request: use a new one.')
  return { requestId: earlier.id, code: earlier.code }
}

type OwnPlan = { id: string; body: OperationPlan }

async function readOwnPlan(tx: Tx, input: RequestOperation, principal: Person): Promise<OwnPlan> {
  const row = await tx.operationPlan.findUnique({ where: { hash: input.planHash } })
  if (!row || row.createdBy !== principal.personId)
    throw new DomainError('precondition-failed', 'This plan is not one that you made: make a dry run and request that.')
  const now = await catalogNow(tx)
  if (row.expiresAt <= now)
    throw new DomainError('precondition-failed', 'This dry run is older than five minutes: make a new one.')
  const body = OperationPlan.parse(row.body)
  if (hashPlan(body) !== row.hash)
    throw new DomainError('precondition-failed', 'The stored plan does not match its hash: make a new dry run.')
  if (body.kind !== input.kind || body.cell !== input.cellId || body.target.member !== input.targetMember)
    throw new DomainError(
      'precondition-failed',
      `This plan is a ${body.kind} of ${body.cell} to ${body.target.member}, not what was asked.`,
    )
  if (input.typedRegion.trim() !== body.source.region)
    throw new DomainError('invalid-input', 'Type the region that will be fenced, exactly as the plan names it.')
  return { id: row.id, body }
}

async function refuseDrift(tx: Tx, plan: OperationPlan): Promise<void> {
  const { drift, unknown } = await kindOf(plan.kind).judge(tx, plan, {})
  const unclear = unknown.map((check) => check.says)
  if (drift.length === 0 && unclear.length === 0) return
  throw new DomainError(
    'precondition-failed',
    drift.length > 0
      ? `The world changed since the dry run: ${describeDrift(drift)}.`
      : `Not everything can be verified right now: ${joinSentences(unclear)}`,
    { rule: drift.length > 0 ? 'plan-still-true' : unknown[0]!.rule },
  )
}

async function insertRequest(
  tx: Tx,
  ctx: Ctx,
  principal: Person,
  input: RequestOperation,
  plan: OwnPlan,
): Promise<RequestMade> {
  const [{ n } = { n: 0n }] = await tx.$queryRaw<{ n: bigint }[]>`SELECT nextval('request_code_seq') AS n`
  const now = await catalogNow(tx)
  const request = await tx.operationRequest.create({
    data: {
      id: uuidv7(),
      code: `${operationKinds[plan.body.kind].codeLetter}-${n}`,
      planId: plan.id,
      planHash: input.planHash,
      kind: plan.body.kind,
      scope: plan.body.scope,
      requesterId: principal.personId,
      reason: input.reason,
      incidentRef: input.incidentRef ?? null,
      status: 'waiting',
      quorum: operationKinds[plan.body.kind].quorum,
      createdAt: now,
      approveBy: new Date(now.getTime() + APPROVE_WITHIN_MS),
      runBy: new Date(now.getTime() + APPROVE_WITHIN_MS + RUN_WITHIN_MS),
      idempotencyKey: input.idempotencyKey,
    },
  })
  await appendAudit(tx, {
    actor: actorOf(principal),
    action: 'request.made',
    aggregateType: 'operation_request',
    aggregateId: request.id,
    homeRegion: ctx.servedFrom,
    scope: request.scope,
    epoch: BigInt(plan.body.epoch.from),
    commandId: input.idempotencyKey,
    correlationId: request.id,
    occurredAt: now,
    detail: { code: request.code, planHash: request.planHash, reason: request.reason, quorum: request.quorum },
  })
  await announce(tx, { topic: 'approvals', ids: [request.id] })
  return { requestId: request.id, code: request.code }
}

function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}

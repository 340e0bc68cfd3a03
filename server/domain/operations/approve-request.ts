import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import { joinSentences } from '@/model/join-sentences'
import type { DecideRequest } from '@/model/schemas/operations'
import { type Drift, OperationPlan } from '@/model/schemas/plans'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { announce, appendAudit, Prisma, type Tx, transact } from '@/server/db'
import { enqueueOperation } from '@/server/workflows'
import { closeRequest, lockRequest, type OpenRequest } from './close-request'
import { describeDrift } from './decide-drift'
import { holdsNow, listEligible } from './eligible-people'
import { expire } from './expire-requests'
import { hashPlan } from './hash-plan'
import { kindOf } from './kinds'
import { type Person, provenAt, whyNotDecide } from './whether-to-decide'

type Outcome =
  | { kind: 'counted'; operationId: string | null }
  | { kind: 'expired'; code: string }
  | { kind: 'voided'; code: string; drift: Drift[] }

/**
 * One person's yes. When it completes the quorum, the request is consumed and the operation queued in the same transaction,
 * which also re-checks every role and the world. A difference voids the request; the vote that found it is not counted.
 */
export async function approveRequest(
  ctx: Ctx,
  input: z.infer<typeof DecideRequest>,
): Promise<{ operationId: string | null }> {
  const principal = authorizePerson(ctx, 'operation:approve')
  const outcome = await deciding(() => transact(ctx.db, (tx) => approve(tx, ctx, principal, input)))
  // What the refusal stands on was committed first: an expiry or a difference is recorded, then said.
  if (outcome.kind === 'expired')
    throw new DomainError('precondition-failed', `${outcome.code} has expired: ask for it again.`)
  if (outcome.kind === 'voided')
    throw new DomainError(
      'precondition-failed',
      `${outcome.code} is void, since the world changed: ${describeDrift(outcome.drift)}.`,
      {
        rule: 'plan-still-true',
      },
    )
  return { operationId: outcome.operationId }
}

async function approve(tx: Tx, ctx: Ctx, principal: Person, input: z.infer<typeof DecideRequest>): Promise<Outcome> {
  const request = await lockRequest(tx, input.id)
  if (!request) throw new DomainError('not-found', 'There is no such request.')
  if (request.status === 'waiting' && request.approveBy <= request.now) {
    await expire(tx, request, ctx.servedFrom)
    return { kind: 'expired', code: request.code }
  }
  const refusal = whyNotDecide(
    request,
    principal,
    input.planHash,
    await listEligible(tx, 'operation:approve', request.planId),
  )
  if (refusal) throw refusal
  const authenticatedAt = provenAt(principal, request.now)
  const { plan, drift } = await judgePlan(tx, request)
  if (drift.length > 0) {
    await voidRequest(tx, ctx, principal, request, drift)
    return { kind: 'voided', code: request.code, drift }
  }
  await insertVote(tx, ctx, principal, request, { reason: input.reason, authenticatedAt })
  const approvers = await countedApprovers(tx, request)
  if (approvers.length < request.quorum) return { kind: 'counted', operationId: null }
  return { kind: 'counted', operationId: await consume(tx, ctx, principal, request, plan, approvers) }
}

/** Throws when the world cannot be judged right now: that voids nothing, the request goes on waiting. */
async function judgePlan(tx: Tx, request: OpenRequest): Promise<{ plan: OperationPlan; drift: Drift[] }> {
  const row = await tx.operationPlan.findUniqueOrThrow({ where: { id: request.planId } })
  const plan = OperationPlan.parse(row.body)
  const hash = hashPlan(plan)
  if (hash !== request.planHash) return { plan, drift: [{ what: 'plan', planned: request.planHash, now: hash }] }
  const { drift, unknown } = await kindOf(plan.kind).judge(tx, plan, { exceptRequestId: request.id })
  const requester = (await holdsNow(tx, 'operation:request', request.requesterId))
    ? []
    : [{ what: 'requester', planned: 'may ask for operations', now: 'may not' }]
  if (drift.length + requester.length === 0 && unknown.length > 0)
    throw new DomainError(
      'precondition-failed',
      `Not everything can be verified right now, so ${request.code} goes on waiting: ${joinSentences(unknown.map((check) => check.says))}`,
      { rule: unknown[0]!.rule },
    )
  return { plan, drift: [...drift, ...requester] }
}

async function voidRequest(tx: Tx, ctx: Ctx, principal: Person, request: OpenRequest, drift: Drift[]): Promise<void> {
  await closeRequest(tx, request, {
    status: 'voided',
    action: 'request.voided',
    actor: actorOf(principal),
    homeRegion: ctx.servedFrom,
    reason: `The world no longer matches the plan: ${describeDrift(drift)}.`,
    drift,
  })
}

type Vote = { reason: string; authenticatedAt: Date }

async function insertVote(tx: Tx, ctx: Ctx, principal: Person, request: OpenRequest, vote: Vote): Promise<void> {
  const approval = await tx.approval.create({
    data: {
      requestId: request.id,
      requesterId: request.requesterId,
      planHash: request.planHash,
      personId: principal.personId,
      decision: 'approve',
      reason: vote.reason,
      authenticatedAt: vote.authenticatedAt,
      decidedAt: request.now,
    },
  })
  await appendAudit(tx, {
    actor: actorOf(principal),
    action: 'request.approved',
    aggregateType: 'operation_request',
    aggregateId: request.id,
    homeRegion: ctx.servedFrom,
    scope: request.scope,
    correlationId: request.id,
    causationId: approval.id,
    occurredAt: request.now,
    detail: { code: request.code, planHash: request.planHash, reason: vote.reason },
  })
  await announce(tx, { topic: 'approvals', ids: [request.id] })
}

/** Distinct persons who said yes and who still may: a vote of somebody who lost the role meanwhile does not count. */
async function countedApprovers(tx: Tx, request: OpenRequest): Promise<string[]> {
  const eligible = await listEligible(tx, 'operation:approve', request.planId)
  const votes = await tx.approval.findMany({ where: { requestId: request.id, decision: 'approve' } })
  const counted = votes.filter(
    (vote) =>
      vote.planHash === request.planHash &&
      vote.personId !== request.requesterId &&
      eligible.some((person) => person.id === vote.personId),
  )
  return [...new Set(counted.map((vote) => vote.personId))]
}

async function consume(
  tx: Tx,
  ctx: Ctx,
  principal: Person,
  request: OpenRequest,
  plan: OperationPlan,
  approvers: string[],
): Promise<string> {
  const actor = actorOf(principal)
  const { operationId, code } = await enqueueOperation(tx, kindOf(plan.kind).workflow, {
    planId: request.planId,
    scope: request.scope,
    requestId: request.id,
    startedBy: principal.personId,
    actor,
    homeRegion: ctx.servedFrom,
  })
  await closeRequest(tx, request, {
    status: 'consumed',
    action: 'request.consumed',
    actor,
    homeRegion: ctx.servedFrom,
    reason: null,
    detail: { operation: code, operationId, approvers, epoch: plan.epoch.from },
  })
  return operationId
}

/** The database is the last to refuse: its names for a broken rule become the operator's sentence. */
export async function deciding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new DomainError('conflict', 'You have already decided on this request, or its operation exists already.')
    throw error
  }
}

import type { z } from 'zod'
import { LOSS_RULE, unconfirmedOverrides, whyNotApprovable } from '@/model/approval-rules'
import { DomainError } from '@/model/errors'
import { joinSentences } from '@/model/join-sentences'
import { operationKinds } from '@/model/operation-kinds'
import { paths } from '@/model/paths'
import type { ApproveRequest } from '@/model/schemas/operations'
import type { Drift, OperationPlan } from '@/model/schemas/plans'
import { provenAt } from '@/model/step-up'
import { actorOf, authorizePerson, type Ctx, type Person } from '@/server/context'
import { announce, appendAudit, Prisma, type Tx, transact } from '@/server/db'
import { enqueueOperation } from '@/server/workflows'
import { describeDrift } from '../decide-drift'
import { kindOf } from '../kinds'
import type { AskedAgain } from './ask-again'
import { closeRequest, lockRequest, type OpenRequest } from './close-request'
import { listEligibleOf, lockPeople } from './eligible-people'
import { expire } from './expire-requests'
import { judgeRequest, type RequestJudgement } from './judge-request'
import { voidRequest } from './void-request'
import { whyNotDecide } from './whether-to-decide'

type Outcome =
  | { kind: 'counted'; operationId: string | null }
  | { kind: 'expired'; code: string }
  | { kind: 'voided'; code: string; drift: Drift[]; again: AskedAgain }

/**
 * One person's yes. When it completes the quorum, the request is consumed and the operation queued in the same transaction,
 * which also re-checks every role and the world. A difference voids the request; the vote that found it is not counted.
 */
export async function approveRequest(
  ctx: Ctx,
  input: z.input<typeof ApproveRequest>,
): Promise<{ operationId: string | null }> {
  const principal = authorizePerson(ctx, 'operation:approve')
  const outcome = await deciding(() => transact(ctx.db, (tx) => approve(tx, ctx, principal, input)))
  // What the refusal stands on was committed first: an expiry or a difference is recorded, then said.
  if (outcome.kind === 'expired')
    throw new DomainError('precondition-failed', `${outcome.code} has expired: ask for it again.`)
  if (outcome.kind === 'voided') throw voidedError(outcome.code, outcome.drift, outcome.again)
  return { operationId: outcome.operationId }
}

export function voidedError(code: string, drift: readonly Drift[], again: AskedAgain): DomainError {
  return new DomainError(
    'precondition-failed',
    `${code} is void, since the world changed: ${describeDrift(drift)}. ${again.says}`,
    { rule: 'plan-still-true', ...(again.request && { link: paths.approval({ id: again.request.id }) }) },
  )
}

async function approve(tx: Tx, ctx: Ctx, principal: Person, input: z.input<typeof ApproveRequest>): Promise<Outcome> {
  const request = await lockRequest(tx, input.id)
  if (!request) throw new DomainError('not-found', 'There is no such request.')
  if (request.status === 'waiting' && request.approveBy <= request.now) {
    await expire(tx, request, ctx.servedFrom)
    return { kind: 'expired', code: request.code }
  }
  await lockPeople(tx, [principal.personId, request.requesterId])
  const eligible = await listEligibleOf(tx, 'operation:approve', request.planId, [principal.personId])
  const refusal = whyNotDecide(request, principal, input.planHash, eligible)
  if (refusal) throw refusal
  await refuseSecondVote(tx, request, principal)
  const authenticatedAt = provenAt(principal, request.now)
  const judgement = await judgeRequest(tx, request)
  if (judgement.drift.length > 0) {
    const again = await voidRequest(tx, request, judgement, { actor: actorOf(principal), homeRegion: ctx.servedFrom })
    return { kind: 'voided', code: request.code, drift: judgement.drift, again }
  }
  const { plan } = judgement
  refuseUnclear(request, judgement)
  const confirmed = refuseUnread(plan, input.confirmedOverrides ?? [])
  await insertVote(tx, ctx, principal, request, { reason: input.reason, authenticatedAt, confirmed })
  const approvers = await countedApprovers(tx, request)
  if (approvers.length < votesNeeded(request, plan)) return { kind: 'counted', operationId: null }
  return { kind: 'counted', operationId: await consume(tx, ctx, principal, request, plan, approvers) }
}

/** The unique key would refuse it as well, but only after the world was judged once more for nothing: a click costs little. */
async function refuseSecondVote(tx: Tx, request: OpenRequest, principal: Person): Promise<void> {
  const key = { requestId: request.id, personId: principal.personId }
  if (await tx.approval.findUnique({ where: { requestId_personId: key }, select: { id: true } })) throw alreadyDecided()
}

/** When the world cannot be judged right now, nothing is voided: the request goes on waiting. */
function refuseUnclear(request: OpenRequest, { unknown }: RequestJudgement): void {
  if (unknown.length === 0) return
  throw new DomainError(
    'precondition-failed',
    `Not everything can be verified right now, so ${request.code} goes on waiting: ${joinSentences(unknown.map((check) => check.says))}`,
    { rule: unknown[0]!.rule },
  )
}

/** An unknown loss without its override, and an override that this approver did not confirm by name, cannot be approved. */
function refuseUnread(plan: OperationPlan, confirmed: readonly string[]): string[] {
  const why = whyNotApprovable(plan)
  if (why) throw new DomainError('precondition-failed', why, { rule: LOSS_RULE })
  const unread = unconfirmedOverrides(plan, confirmed)
  if (unread.length > 0)
    throw new DomainError('precondition-failed', `Confirm each overridden rule: ${unread.join(', ')}.`, {
      rule: 'overrides-confirmed',
    })
  return plan.overrides.map(({ rule }) => rule)
}

type Vote = { reason: string; authenticatedAt: Date; confirmed: string[] }

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
    detail: {
      code: request.code,
      planHash: request.planHash,
      reason: vote.reason,
      ...(vote.confirmed.length > 0 && { confirmedOverrides: vote.confirmed }),
    },
  })
  await announce(tx, { topic: 'approvals', ids: [request.id] })
}

/** The table of kinds may have become stricter since the request was made, never laxer than the request. Break-glass has its own. */
function votesNeeded(request: OpenRequest, plan: OperationPlan): number {
  if (plan.kind === 'forced-failover' && plan.isBreakGlass) return request.quorum
  return Math.max(request.quorum, operationKinds[plan.kind].quorum)
}

/** Distinct persons who said yes and who still may: a vote of somebody who lost the role meanwhile does not count. */
async function countedApprovers(tx: Tx, request: OpenRequest): Promise<string[]> {
  const votes = await tx.approval.findMany({ where: { requestId: request.id, decision: 'approve' } })
  const voterIds = votes.map((vote) => vote.personId)
  await lockPeople(tx, voterIds)
  const eligible = await listEligibleOf(tx, 'operation:approve', request.planId, voterIds)
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
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') throw alreadyDecided()
    throw error
  }
}

function alreadyDecided(): DomainError {
  return new DomainError('conflict', 'You have already decided on this request, or its operation exists already.')
}

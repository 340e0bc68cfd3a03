import { v7 as uuidv7 } from 'uuid'
import type { StartBreakGlass } from '@/model/schemas/break-glass'
import type { OperationPlan, Override } from '@/model/schemas/plans'
import { provenAt } from '@/model/step-up'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { type Actor, appendAudit, catalogNow, type Tx } from '@/server/db'
import { enqueueOperation } from '@/server/workflows'
import { kindOf } from '../kinds'
import { BREAK_GLASS_MS } from '../limits'
import { closeRequest, type OpenRequest } from '../requests/close-request'
import { makeRequest } from '../requests/request-operation'
import { tellEveryone } from './tell-everyone'

/** The rule that this path skips, named like every other that is overridden. */
export const QUORUM_RULE = 'quorum'

/**
 * Asks for a forced failover and starts it at once, without its quorum. Everything else is as it always is: the plan is the one
 * that was read, made for this path by its own hash; it is judged again; the old primary is fenced; every step is audited. It
 * is boxed in time, everybody is told, and it stays open until another person has reviewed it.
 * A plan that declares the old primary closed, where nothing proves it, starts with the word of a second person.
 */
export async function startBreakGlass(
  ctx: Ctx,
  input: StartBreakGlass,
): Promise<{ requestId: string; code: string; operationId: string | null }> {
  const principal = authorizePerson(ctx, 'operation:break-glass')
  provenAt(principal, await catalogNow(ctx.db))
  const by = {
    personId: principal.personId,
    actor: actorOf(principal),
    homeRegion: ctx.servedFrom,
  }
  const { requestId, code } = await makeRequest(
    ctx,
    principal,
    { ...input, kind: 'forced-failover' },
    {
      breakGlass: {
        withinMs: BREAK_GLASS_MS,
        attestorsFor,
        use: (tx, request, plan) => breakGlass(tx, { request, plan, by }),
      },
    },
  )
  const operation = await ctx.db.operation.findUnique({ where: { requestId }, select: { id: true } })
  return { requestId, code, operationId: operation?.id ?? null }
}

type Use = {
  request: OpenRequest
  plan: OperationPlan
  by: { personId: string; actor: Actor; homeRegion: string }
}

/** How many others have to confirm what it declares. */
function attestorsFor(plan: OperationPlan): number {
  return plan.kind === 'forced-failover' && plan.isDeclared ? 1 : 0
}

/** In the transaction that asks: the use is recorded, told and, unless it waits for an attestor, started; or nothing happened. */
async function breakGlass(tx: Tx, { request, plan, by }: Use): Promise<void> {
  const { actor, homeRegion } = by
  const rules: Override[] = [{ rule: QUORUM_RULE, reason: request.reason }, ...plan.overrides]
  const id = uuidv7()
  await tx.breakGlass.create({
    data: {
      id,
      requestId: request.id,
      personId: by.personId,
      scope: request.scope,
      reason: request.reason,
      rules,
      startedAt: request.now,
      expiresAt: request.approveBy,
    },
  })
  await appendAudit(tx, {
    actor,
    action: 'break-glass.started',
    aggregateType: 'break_glass',
    aggregateId: id,
    homeRegion,
    scope: request.scope,
    epoch: BigInt(plan.epoch.from),
    correlationId: request.id,
    occurredAt: request.now,
    detail: {
      code: request.code,
      planHash: request.planHash,
      reason: request.reason,
      rules: rules.map((rule) => ({ ...rule })),
      expiresAt: request.approveBy.toISOString(),
    },
  })
  const operationId = attestorsFor(plan) > 0 ? null : await startNow(tx, { request, plan, by }, id)
  await tellEveryone(tx, { breakGlassId: id, request, plan, operationId })
}

async function startNow(tx: Tx, { request, plan, by }: Use, breakGlassId: string): Promise<string> {
  const { actor, homeRegion } = by
  const { operationId, code } = await enqueueOperation(tx, kindOf(plan.kind).workflow, {
    planId: request.planId,
    scope: request.scope,
    requestId: request.id,
    startedBy: by.personId,
    actor,
    homeRegion,
  })
  await closeRequest(tx, request, {
    status: 'consumed',
    action: 'request.consumed',
    actor,
    homeRegion,
    reason: null,
    detail: { operation: code, operationId, approvers: [], epoch: plan.epoch.from, breakGlass: breakGlassId },
  })
  return operationId
}

import { DomainError } from '@/model/errors'
import { minutesInWords } from '@/model/format'
import { joinSentences } from '@/model/join-sentences'
import { operationKinds } from '@/model/operation-kinds'
import type { RequestOperation } from '@/model/schemas/operations'
import { OperationPlan } from '@/model/schemas/plans'
import { actorOf, authorizePerson, type Ctx, type Person } from '@/server/context'
import { catalogNow, Prisma, type Tx, transact } from '@/server/db'
import { describeDrift } from '../decide-drift'
import { hashPlan } from '../hash-plan'
import { kindOf } from '../kinds'
import { PLAN_LIFE_MS } from '../limits'
import type { OpenRequest } from './close-request'
import { expireOverdue } from './expire-requests'
import { insertRequest } from './insert-request'

export type RequestMade = { requestId: string; code: string }

/**
 * Asks that a plan be carried out. The plan is the one that the requester read: named by its hash, made by the same person,
 * not expired, and still true. Repeating an idempotency key answers the first request.
 */
export async function requestOperation(ctx: Ctx, input: RequestOperation): Promise<RequestMade> {
  const principal = authorizePerson(ctx, 'operation:request')
  return makeRequest(ctx, principal, input, {})
}

type WithBreakGlass = {
  /** The time box, and what the transaction that asks does beside asking. Left out: the quorum decides. */
  breakGlass?: {
    withinMs: number
    attestorsFor(plan: OperationPlan): number
    use(tx: Tx, request: OpenRequest, plan: OperationPlan): Promise<void>
  }
}

/** The one way in which a request comes to be, with a quorum or without. */
export async function makeRequest(
  ctx: Ctx,
  principal: Person,
  input: RequestOperation,
  { breakGlass }: WithBreakGlass,
): Promise<RequestMade> {
  try {
    return await transact(ctx.db, async (tx) => {
      await lockCell(tx, input.cellId)
      const earlier = await findEarlier(tx, input, principal)
      if (earlier) return earlier
      const plan = await readOwnPlan(tx, input, principal)
      refuseWrongPath(plan.body, Boolean(breakGlass))
      await expireOverdue(tx, ctx.servedFrom, plan.body.scope)
      await refuseDrift(tx, plan.body)
      const request = await insertRequest(tx, {
        plan,
        requesterId: principal.personId,
        reason: input.reason,
        incidentRef: input.incidentRef ?? null,
        idempotencyKey: input.idempotencyKey,
        actor: actorOf(principal),
        homeRegion: ctx.servedFrom,
        ...(breakGlass && {
          breakGlass: { withinMs: breakGlass.withinMs, attestors: breakGlass.attestorsFor(plan.body) },
        }),
      })
      await breakGlass?.use(tx, request, plan.body)
      return { requestId: request.id, code: request.code }
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

/** A plan says in its hash whether it may skip its quorum: neither path takes a plan that was shown for the other. */
function refuseWrongPath(plan: OperationPlan, isBreakGlassPath: boolean): void {
  const isBreakGlassPlan = plan.kind === 'forced-failover' && plan.isBreakGlass
  if (isBreakGlassPlan && !isBreakGlassPath)
    throw new DomainError(
      'precondition-failed',
      'This plan was made for break-glass: start it there, or make another.',
      {
        rule: 'break-glass-by-name',
      },
    )
  if (!isBreakGlassPlan && isBreakGlassPath)
    throw new DomainError('precondition-failed', 'This plan was not made for break-glass: it needs its quorum.', {
      rule: 'break-glass-by-name',
    })
  if (operationKinds[plan.kind].quorum === 0)
    throw new DomainError('precondition-failed', `A ${plan.kind} is started, not asked for: nobody approves it.`)
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
  const isSame =
    earlier.requesterId === principal.personId &&
    earlier.planHash === input.planHash &&
    earlier.reason === input.reason &&
    earlier.incidentRef === (input.incidentRef ?? null)
  if (!isSame) throw new DomainError('conflict', 'This idempotency key belongs to another request: use a new one.')
  return { requestId: earlier.id, code: earlier.code }
}

type OwnPlan = { id: string; hash: string; body: OperationPlan }

async function readOwnPlan(tx: Tx, input: RequestOperation, principal: Person): Promise<OwnPlan> {
  const row = await tx.operationPlan.findUnique({ where: { hash: input.planHash } })
  if (!row || row.createdBy !== principal.personId)
    throw new DomainError('precondition-failed', 'This plan is not one that you made: make a dry run and request that.')
  const now = await catalogNow(tx)
  if (row.expiresAt <= now)
    throw new DomainError(
      'precondition-failed',
      `This dry run is older than ${minutesInWords(PLAN_LIFE_MS)}: make a new one.`,
    )
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
  return { id: row.id, hash: row.hash, body }
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

function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}

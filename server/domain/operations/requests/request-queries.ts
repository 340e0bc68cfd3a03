import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import { titleOfOperation } from '@/model/operation-kinds'
import type { ApprovalView, RequestDetail, RequestFilter, RequestSummary } from '@/model/schemas/operations'
import { type Drift, OperationPlan } from '@/model/schemas/plans'
import type { RequestState } from '@/model/states'
import { provenUntil } from '@/model/step-up'
import { authorize, type Ctx, type Principal } from '@/server/context'
import type { Db, Prisma } from '@/server/db'
import { catalogNow } from '@/server/db'
import { kindOf } from '../kinds'
import { CLAIMS_SHOWN_MAX, LIST_MAX } from '../limits'
import { listEligibleOf, listEligibleShown } from './eligible-people'
import { ifNobodyActs } from './if-nobody-acts'
import { whyNotDecide } from './whether-to-decide'

const DECIDED = ['consumed', 'rejected', 'expired', 'voided', 'withdrawn'] as const satisfies readonly RequestState[]

/** Newest first. An overdue request reads as expired whether or not the expiry job has written it yet. */
export async function listRequests(ctx: Ctx, input: z.infer<typeof RequestFilter>): Promise<RequestSummary[]> {
  authorize(ctx, 'operation:read')
  const now = await catalogNow(ctx.db)
  const rows = await ctx.db.operationRequest.findMany({
    where: {
      waiting: { status: 'waiting', approveBy: { gt: now } },
      decided: { OR: [{ status: { in: [...DECIDED] } }, { status: 'waiting', approveBy: { lte: now } }] },
      all: {},
    }[input.status],
    include: INCLUDED,
    orderBy: { createdAt: 'desc' },
    take: LIST_MAX,
  })
  const names = await namesOf(ctx.db, rows.flatMap(peopleOf))
  return rows.map((row) => summaryOf(row, names, now))
}

/** One request with everything that a decision needs: what would happen, what speaks against it now, and who may decide. */
export async function getRequest(ctx: Ctx, input: { id: string }): Promise<RequestDetail> {
  const principal = authorize(ctx, 'operation:read')
  const row = await ctx.db.operationRequest.findUnique({
    where: { id: input.id },
    include: { ...INCLUDED, plan: true },
  })
  if (!row) throw new DomainError('not-found', 'There is no such request.')
  const now = await catalogNow(ctx.db)
  const plan = OperationPlan.parse(row.plan.body)
  const summary = summaryOf(row, await namesOf(ctx.db, peopleOf(row)), now)
  const isWaiting = summary.status === 'waiting'
  const decidedIds = row.approvals.map((approval) => approval.personId)
  const others = await listEligibleShown(ctx.db, 'operation:approve', row.planId, [row.requesterId, ...decidedIds])
  const judged = isWaiting ? await judgeNow(ctx.db, plan, row.id) : { checks: [], drift: (row.drift ?? []) as Drift[] }
  return {
    ...summary,
    planHash: row.planHash,
    plan,
    incidentRef: row.incidentRef,
    ...judged,
    ...(await neighboursOf(ctx.db, row)),
    claims: isWaiting ? await listClaims(ctx.db, row.id, now) : [],
    approvers: others.people,
    hasMoreApprovers: others.hasMore,
    whyNotYou: await whyNotYou(ctx.db, { ...row, status: summary.status }, principal),
    steppedUpUntil:
      principal.kind === 'person' ? (provenUntil(principal.steppedUpAt, now)?.toISOString() ?? null) : null,
    ifNobodyActs: ifNobodyActs(plan, row.approveBy),
    undoUntilStep: plan.steps.find((step) => step.pastReturn)?.title ?? '',
    manualCommand: kindOf(plan.kind).byHand?.(plan, row) ?? null,
  }
}

const INCLUDED = {
  approvals: { orderBy: { decidedAt: 'asc' } },
  operation: { select: { id: true } },
} as const satisfies Prisma.OperationRequestInclude

type RequestRow = Prisma.OperationRequestGetPayload<{ include: typeof INCLUDED }>

async function neighboursOf(
  db: Db,
  row: { id: string; supersedes: string | null },
): Promise<Pick<RequestDetail, 'supersedes' | 'supersededBy'>> {
  const select = { id: true, code: true } as const
  return {
    supersedes: row.supersedes ? await db.operationRequest.findUnique({ where: { id: row.supersedes }, select }) : null,
    supersededBy: await db.operationRequest.findFirst({ where: { supersedes: row.id }, select }),
  }
}

async function listClaims(db: Db, requestId: string, now: Date): Promise<RequestDetail['claims']> {
  const claims = await db.requestClaim.findMany({
    where: { requestId, until: { gt: now } },
    orderBy: { claimedAt: 'asc' },
    take: CLAIMS_SHOWN_MAX,
  })
  const names = await namesOf(
    db,
    claims.map((claim) => claim.personId),
  )
  return claims.map(({ personId, claimedAt, until }) => ({
    person: { id: personId, name: names.get(personId) ?? 'Unknown person' },
    claimedAt: claimedAt.toISOString(),
    until: until.toISOString(),
  }))
}

async function judgeNow(
  db: Db,
  plan: OperationPlan,
  requestId: string,
): Promise<Pick<RequestDetail, 'checks' | 'drift'>> {
  const { checks, drift } = await kindOf(plan.kind).judge(db, plan, { exceptRequestId: requestId })
  return { checks, drift }
}

async function whyNotYou(
  db: Db,
  request: Parameters<typeof whyNotDecide>[0] & { planId: string },
  principal: Principal,
): Promise<string | null> {
  if (principal.kind !== 'person') return 'Only a person may decide.'
  const eligible = await listEligibleOf(db, 'operation:approve', request.planId, [principal.personId])
  return whyNotDecide(request, principal, request.planHash, eligible)?.says ?? null
}

function summaryOf(row: RequestRow, names: Map<string, string>, now: Date): RequestSummary {
  const status = row.status === 'waiting' && row.approveBy <= now ? 'expired' : (row.status as RequestState) // the CHECK is this list
  return {
    id: row.id,
    code: row.code,
    kind: row.kind,
    scope: row.scope,
    title: titleOfOperation(row.kind, row.scope),
    status,
    requester: { id: row.requesterId, name: names.get(row.requesterId) ?? 'Unknown person' },
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
    approveBy: row.approveBy.toISOString(),
    runBy: row.runBy.toISOString(),
    quorum: row.quorum,
    approvals: row.approvals.map((approval) => approvalView(approval, names)),
    operationId: row.operation?.id ?? null,
    closedReason: row.closedReason,
    isBreakGlass: row.breakGlass,
  }
}

export function approvalView(
  approval: { personId: string; decision: string; reason: string; decidedAt: Date },
  names: Map<string, string>,
): z.infer<typeof ApprovalView> {
  return {
    person: { id: approval.personId, name: names.get(approval.personId) ?? 'Unknown person' },
    decision: approval.decision as 'approve' | 'reject', // the database's CHECK is this list
    reason: approval.reason,
    decidedAt: approval.decidedAt.toISOString(),
  }
}

function peopleOf(row: { requesterId: string; approvals: readonly { personId: string }[] }): string[] {
  return [row.requesterId, ...row.approvals.map((approval) => approval.personId)]
}

export async function namesOf(db: Db, personIds: readonly string[]): Promise<Map<string, string>> {
  const people = await db.person.findMany({
    where: { id: { in: [...new Set(personIds)] } },
    select: { id: true, name: true },
  })
  return new Map(people.map((person) => [person.id, person.name]))
}

import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import { titleOfOperation } from '@/model/operation-kinds'
import {
  type OperationDetail,
  type OperationFilter,
  OperationReport,
  type OperationSummary,
  type ReceiptView,
  type StepView,
} from '@/model/schemas/operations'
import { OperationPlan } from '@/model/schemas/plans'
import {
  activeOperationStates,
  type FenceStrength,
  finalOperationStates,
  type OperationState,
  type StepState,
} from '@/model/states'
import { authorize, type Ctx } from '@/server/context'
import type { Db, Prisma } from '@/server/db'
import { catalogNow } from '@/server/db'
import { nextTryOf } from '@/server/workflows'
import { LIST_MAX, PAST_RUNS_MAX, PAST_RUNS_MIN, RUNNER_SILENT_MS_MAX } from './limits'
import { approvalView, namesOf } from './requests/request-queries'
import { quantile } from './switchover/estimate-write-pause'
import { writePauseOf } from './world/read-past'

/** Newest first. */
export async function listOperations(ctx: Ctx, input: z.infer<typeof OperationFilter>): Promise<OperationSummary[]> {
  authorize(ctx, 'operation:read')
  const byStatus = { active: [...activeOperationStates], ended: [...finalOperationStates], all: null }[input.status]
  const rows = await ctx.db.operation.findMany({
    where: { ...(byStatus && { status: { in: byStatus } }), ...(input.scope !== undefined && { scope: input.scope }) },
    include: INCLUDED,
    orderBy: { createdAt: 'desc' },
    take: LIST_MAX,
  })
  const names = await namesOf(ctx.db, rows.map(requesterOf))
  return rows.map((row) => summaryOf(row, names))
}

/** One run with its steps, receipts, votes and report, and whether anybody is at it. */
export async function getOperation(ctx: Ctx, input: { id: string }): Promise<OperationDetail> {
  authorize(ctx, 'operation:read')
  const row = await ctx.db.operation.findUnique({
    where: { id: input.id },
    include: { ...INCLUDED, plan: true, receipts: { orderBy: { takenAt: 'asc' } } },
  })
  if (!row) throw new DomainError('not-found', 'There is no such operation.')
  const now = await catalogNow(ctx.db)
  const votes = row.requestId
    ? await ctx.db.approval.findMany({ where: { requestId: row.requestId }, orderBy: { decidedAt: 'asc' } })
    : []
  const staleServer = await ctx.db.staleServer.findFirst({ where: { operationId: row.id } })
  const breakGlass = row.requestId ? await ctx.db.breakGlass.findUnique({ where: { requestId: row.requestId } }) : null
  const others = [breakGlass?.personId, row.acknowledgedBy].filter((id) => typeof id === 'string')
  const names = await namesOf(ctx.db, [requesterOf(row), ...votes.map((vote) => vote.personId), ...others])
  const usual = await readUsualTimes(ctx.db, row.kind)
  return {
    ...summaryOf(row, names),
    requestId: row.requestId,
    planHash: row.plan.hash,
    plan: OperationPlan.parse(row.plan.body),
    steps: row.steps.map((step) => stepView(step, row.steps, usual)),
    receipts: row.receipts.map(receiptView),
    leaseHolder: row.leaseHolder,
    leaseEpoch: row.leaseEpoch.toString(),
    heartbeatAt: isoOf(row.heartbeatAt),
    runnerLost: isRunnerLost(row, now),
    nextTryAt: row.status === 'undoing' ? isoOf(nextTryOf(row)) : null,
    pointOfNoReturnAt: isoOf(row.pointOfNoReturnAt),
    leftClosedAtEpoch: row.status === 'undone' ? await readLeftClosed(ctx.db, row) : null,
    abortRequestedAt: isoOf(row.abortRequestedAt),
    pauseRequestedAt: isoOf(row.pauseRequestedAt),
    approvals: votes.map((vote) => approvalView(vote, names)),
    report: OperationReport.nullable().catch(null).parse(row.report),
    staleServer: staleServer && {
      id: staleServer.id,
      member: staleServer.memberId,
      status: staleServer.status,
      lossSecondsEstimate: staleServer.lossSecondsEstimate,
      lossSecondsActual: staleServer.lossSecondsActual,
      lostWriteCount: staleServer.lostWriteCount,
    },
    breakGlass: breakGlass && {
      person: personOf(breakGlass.personId, names),
      reason: breakGlass.reason,
      reviewedAt: isoOf(breakGlass.reviewedAt),
    },
    acknowledgement:
      row.acknowledgedAt && row.acknowledgedBy
        ? {
            person: personOf(row.acknowledgedBy, names),
            note: row.acknowledgement ?? '',
            at: row.acknowledgedAt.toISOString(),
          }
        : null,
    serverNow: now.toISOString(),
  }
}

/** The undo that gives up on opening the old primary leaves the catalog like this, and only that does. */
async function readLeftClosed(db: Db, { id, scope }: { id: string; scope: string }): Promise<string | null> {
  const writer = await db.regionWriteEpoch.findUnique({ where: { logicalScope: scope } })
  return writer?.status === 'FENCED' && writer.operationId === id ? writer.epoch.toString() : null
}

function personOf(id: string, names: ReadonlyMap<string, string>): { id: string; name: string } {
  return { id, name: names.get(id) ?? 'Unknown person' }
}

const INCLUDED = {
  steps: { orderBy: { position: 'asc' } },
  request: { select: { requesterId: true, breakGlass: true } },
} as const satisfies Prisma.OperationInclude

type OperationRow = Prisma.OperationGetPayload<{ include: typeof INCLUDED }>
type StepRow = OperationRow['steps'][number]

type Heard = Pick<OperationRow, 'status' | 'heartbeatAt' | 'createdAt' | 'leaseHolder' | 'leaseUntil'>

/**
 * Pure: a worker should be at it and none was heard for ten seconds, by the catalog's clock. Until the time of a next try
 * nobody should be.
 */
export function isRunnerLost(operation: Heard, now: Date): boolean {
  if (!['queued', 'running', 'undoing'].includes(operation.status)) return false
  const heardAt = operation.heartbeatAt ?? operation.createdAt
  const dueAtMs = Math.max(heardAt.getTime(), nextTryOf(operation)?.getTime() ?? 0)
  return now.getTime() - dueAtMs > RUNNER_SILENT_MS_MAX
}

function summaryOf(row: OperationRow, names: Map<string, string>): OperationSummary {
  const requesterId = requesterOf(row)
  const current = row.steps.find((step) => ['running', 'unknown', 'undoing'].includes(step.status))
  return {
    id: row.id,
    code: row.code,
    kind: row.kind,
    scope: row.scope,
    title: titleOfOperation(row.kind, row.scope),
    status: row.status as OperationState, // the database's CHECK is this list
    statusReason: row.statusReason,
    requester: personOf(requesterId, names),
    createdAt: row.createdAt.toISOString(),
    startedAt: isoOf(row.startedAt),
    finishedAt: isoOf(row.finishedAt),
    stepsDone: row.steps.filter((step) => step.status === 'done').length,
    stepsTotal: row.steps.length,
    currentStep: current?.title ?? null,
    writePauseMs: writePauseOf(row.report),
    isBreakGlass: row.request?.breakGlass ?? false,
  }
}

/** Who asked; for what needed no request, who started it. */
function requesterOf(row: { startedBy: string; request: { requesterId: string } | null }): string {
  return row.request?.requesterId ?? row.startedBy
}

function stepView(step: StepRow, steps: readonly StepRow[], usual: Map<string, StepView['usualMs']>): StepView {
  return {
    position: step.position,
    name: step.name,
    title: step.title,
    status: step.status as StepState, // the database's CHECK is this list
    undoable: step.undoable,
    pointOfNoReturn: steps.find((candidate) => candidate.pastReturn)?.position === step.position,
    pastReturn: step.pastReturn,
    attempts: step.attempts,
    startedAt: isoOf(step.startedAt),
    finishedAt: isoOf(step.finishedAt),
    deadlineAt: isoOf(step.deadlineAt),
    says: step.says,
    error: step.error,
    output: step.output === null ? null : JSON.stringify(step.output),
    usualMs: usual.get(step.name) ?? null,
  }
}

/** How long each step took in the newest runs that ended well. */
async function readUsualTimes(db: Db, kind: string): Promise<Map<string, StepView['usualMs']>> {
  const rows = await db.$queryRaw<{ name: string; tookMs: number[] }[]>`
    SELECT s.name, array_agg(extract(epoch from s.finished_at - s.started_at)::float8 * 1000
                             ORDER BY s.finished_at - s.started_at) AS "tookMs"
    FROM operation_step s
    JOIN (SELECT id FROM operation WHERE kind = ${kind} AND status = 'done' ORDER BY finished_at DESC LIMIT ${PAST_RUNS_MAX}) o
      ON o.id = s.operation_id
    WHERE s.status = 'done' AND s.started_at IS NOT NULL AND s.finished_at IS NOT NULL
    GROUP BY s.name`
  return new Map(
    rows
      .filter(({ tookMs }) => tookMs.length >= PAST_RUNS_MIN)
      .map(({ name, tookMs }) => [
        name,
        { p50: quantile(tookMs, 0.5), p95: quantile(tookMs, 0.95), count: tookMs.length },
      ]),
  )
}

function receiptView(row: Prisma.FenceReceiptGetPayload<object>): z.infer<typeof ReceiptView> {
  return {
    id: row.id,
    memberId: row.memberId,
    strength: row.strength as FenceStrength, // the database's CHECK is this list
    epoch: row.epoch.toString(),
    systemIdentifier: row.systemIdentifier,
    timeline: row.timeline,
    lsn: row.lsn,
    refusalCode: row.refusalCode,
    refusalSqlstate: row.refusalSqlstate,
    vantage: row.vantageRegion,
    takenAt: row.takenAt.toISOString(),
  }
}

function isoOf(instant: Date | null): string | null {
  return instant?.toISOString() ?? null
}

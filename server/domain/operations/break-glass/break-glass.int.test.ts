import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DomainError } from '@/model/errors'
import type { StartBreakGlass } from '@/model/schemas/break-glass'
import type { ForcedFailoverPlan, Override } from '@/model/schemas/plans'
import type { Ctx } from '@/server/context'
import { fenceOldPrimary } from '../forced/fence-old-primary'
import type { ForcedRun } from '../forced/forced-run'
import { previewFailover } from '../forced/preview-failover'
import {
  approveRequest,
  getRequest,
  listBreakGlass,
  rejectRequest,
  requestOperation,
  reviewBreakGlass,
  startBreakGlass,
} from '../index'
import { listOperations } from '../operation-queries'
import { refuseUnapprovedRun } from '../switchover/recheck-plan'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'

let calm: CalmCatalog
let operator: Ctx
let approver: Ctx

beforeAll(async () => {
  calm = await startCalmCatalog()
  operator = calm.ctxOf(calm.people.operator)
  approver = calm.ctxOf(calm.people.approver)
})
afterAll(() => calm?.stop())
afterEach(() => calm.settle())

const reason = 'Singapore is dark and nobody else answers the telephone.'
const overrides: Override[] = [
  { rule: 'loss-is-bounded', reason: 'Nobody can say, and waiting loses more.' },
  { rule: 'primary-is-not-healthy', reason: 'I see it on the camera.' },
  { rule: 'capacity-headroom', reason: 'Nothing else is left.' },
  { rule: 'enough-writable-regions', reason: 'Nothing else is left.' },
]

/** Where people declare sin-1 closed it does not answer; else its gate can be closed and proven. */
async function dryRun(
  isBreakGlass: boolean,
  isDeclared = false,
): Promise<{ plan: ForcedFailoverPlan; planHash: string }> {
  await calm.observe()
  if (isDeclared) await silence()
  const { plan, planHash, checks } = await previewFailover(operator, {
    cellId: 'sin',
    overrides,
    isBreakGlass,
    isDeclared,
  })
  const against = checks.filter(
    (check) => check.outcome !== 'passed' && !overrides.some(({ rule }) => rule === check.rule),
  )
  expect(against).toEqual([])
  return { plan: plan!, planHash: planHash! }
}

const silence = () => calm.db.$executeRaw`
  UPDATE member_observation SET state = 'unreachable', detail = 'connection refused' WHERE member_id = 'sin-1'`

const order = (planHash: string, change: Partial<StartBreakGlass> = {}): StartBreakGlass => ({
  cellId: 'sin',
  targetMember: 'sin-2',
  planHash,
  typedRegion: 'ap-southeast-1',
  reason,
  idempotencyKey: randomUUID(),
  ...change,
})

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    (error: unknown) => (error instanceof DomainError ? `${error.code}: ${error.says}` : Promise.reject(error)),
  )
const openUses = (ctx = operator) => listBreakGlass(ctx, { status: 'open' })

async function use() {
  const { planHash } = await dryRun(true)
  const started = await startBreakGlass(operator, order(planHash))
  const [open] = await openUses()
  return { ...started, operationId: started.operationId!, use: open!, planHash }
}

/** A break-glass whose only fence is what people say of it. */
async function declare() {
  const { plan, planHash } = await dryRun(true, true)
  const started = await startBreakGlass(operator, order(planHash))
  const confirmedOverrides = plan.overrides.map(({ rule }) => rule)
  return { ...started, plan, vote: { id: started.requestId, planHash, reason, confirmedOverrides } }
}

test('starts at once without a quorum, and leaves every rule it skipped with its reason, a notice and an audit trail', async () => {
  const { requestId, operationId, use: open } = await use()
  const request = await getRequest(approver, { id: requestId })
  expect(request).toMatchObject({ status: 'consumed', isBreakGlass: true, quorum: 2, approvals: [], operationId })
  const runs = await listOperations(approver, { status: 'all' })
  expect(runs.find(({ id }) => id === operationId)).toMatchObject({ isBreakGlass: true })
  expect(open).toMatchObject({ reason, person: { name: 'Ona Operator' }, reviewedAt: null, operationId })
  expect(open.rules[0]).toEqual({ rule: 'quorum', reason })
  expect(open.rules.slice(1)).toEqual(request.plan.overrides)
  expect(Date.parse(open.expiresAt) - Date.parse(open.startedAt)).toBe(30 * 60_000)
  expect(request.runBy).toBe(open.expiresAt)
  const events = await calm.db.globalAuditEvent.findMany({
    where: { correlationId: requestId },
    orderBy: { recordedAt: 'asc' },
  })
  expect(events.map(({ actionType }) => actionType)).toEqual([
    'request.made',
    'break-glass.started',
    'operation.enqueued',
    'request.consumed',
  ])
  expect(await calm.db.notification.findMany({ where: { objectId: open.id } })).toMatchObject([
    {
      topic: 'break-glass.used',
      path: `/operations/${operationId}`,
      text: expect.stringContaining('without a second person'),
    },
  ])
  const steps = await calm.db.operationStep.findMany({ where: { operationId }, orderBy: { position: 'asc' } })
  expect(
    steps.map(({ name }) => name),
    'fenced like every other',
  ).toContain('fence-old-primary')
})

test('50 copies of one intent break the glass once', async () => {
  const { planHash } = await dryRun(true)
  const intent = order(planHash)
  const started = await Promise.all(Array.from({ length: 50 }, () => startBreakGlass(operator, intent)))
  expect(new Set(started.map(({ operationId }) => operationId)).size).toBe(1)
  expect(await calm.db.breakGlass.count({ where: { requestId: started[0]!.requestId } })).toBe(1)
})

test('needs its own permission, a fresh second factor, and the region typed', async () => {
  const { planHash } = await dryRun(true)
  for (const ctx of [approver, calm.ctxOf(calm.people.viewer)])
    expect(await refusal(startBreakGlass(ctx, order(planHash)))).toMatch(/^forbidden: Needs the role operator or admin/)
  const stale = calm.ctxOf(calm.people.operator, { steppedUpAt: new Date(Date.now() - 6 * 60_000) })
  expect(await refusal(startBreakGlass(stale, order(planHash)))).toMatch(/^step-up-required/)
  expect(await refusal(startBreakGlass(operator, order(planHash, { typedRegion: 'ap-southeast-2' })))).toMatch(
    /^invalid-input/,
  )
  expect(await calm.db.operation.count({ where: { status: 'queued' } })).toBe(0)
})

test('takes only a plan that was shown for it, and such a plan takes no other path', async () => {
  const other = await dryRun(false)
  expect(await refusal(startBreakGlass(operator, order(other.planHash)))).toMatch(/was not made for break-glass/)
  const { planHash } = await dryRun(true)
  expect(await refusal(requestOperation(operator, { ...order(planHash), kind: 'forced-failover' }))).toMatch(
    /was made for break-glass/,
  )
})

test('without it a forced failover needs two, and each confirms every override', async () => {
  const { plan, planHash } = await dryRun(false)
  const { requestId } = await requestOperation(operator, { ...order(planHash), kind: 'forced-failover' })
  const vote = { id: requestId, planHash, reason, confirmedOverrides: plan.overrides.map(({ rule }) => rule) }
  expect(await refusal(approveRequest(approver, { ...vote, confirmedOverrides: [] }))).toMatch(
    /Confirm each overridden rule/,
  )
  expect(await approveRequest(approver, vote)).toEqual({ operationId: null })
  expect((await approveRequest(calm.ctxOf(calm.people.second), vote)).operationId).not.toBeNull()
})

test('what no worker has begun within half an hour does not begin', async () => {
  const { requestId, operationId, use: open } = await use()
  expect(await calm.db.operationRequest.findUniqueOrThrow({ where: { id: requestId } })).toMatchObject({
    runBy: new Date(open.expiresAt),
  })
  const { plan } = await getRequest(operator, { id: requestId })
  const run = { deps: { db: calm.db }, operationId, params: plan } as unknown as Parameters<
    typeof refuseUnapprovedRun
  >[0]
  await expect(refuseUnapprovedRun(run)).resolves.toEqual({ requestId })
  await calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '1 hour', approve_by = now() - interval '1 minute',
      run_by = now() - interval '1 minute' WHERE id = ${requestId}::uuid`
  await expect(refuseUnapprovedRun(run)).rejects.toThrow(/had to begin by/)
})

test('stays open until another person has reviewed it, once', async () => {
  const { use: open } = await use()
  const review = 'Read the timeline and the receipts: the region was dark, the fence held.'
  const own = calm.ctxOf(calm.people.operator, { roles: ['operator', 'admin'] })
  expect(await refusal(reviewBreakGlass(own, { id: open.id, review }))).toMatch(
    /^forbidden: You broke the glass yourself/,
  )
  expect((await openUses(own))[0]).toMatchObject({ whyNotYou: expect.stringContaining('yourself') })
  expect(await refusal(reviewBreakGlass(calm.ctxOf(calm.people.viewer), { id: open.id, review }))).toMatch(
    /^forbidden: Needs/,
  )
  await expect(
    calm.db.breakGlass.update({
      where: { id: open.id },
      data: { reviewedAt: new Date(), reviewedBy: calm.people.operator.id, review },
    }),
  ).rejects.toThrow(/ck_break_glass_reviewed_by_another/)
  const unended = /^precondition-failed: OP-\d+ has not ended yet/
  expect(await refusal(reviewBreakGlass(approver, { id: open.id, review }))).toMatch(unended)
  expect((await openUses(approver)).find(({ id }) => id === open.id)?.whyNotYou).toMatch(/has not ended yet/)
  await calm.db.$executeRaw`
    UPDATE operation SET status = 'undone', finished_at = now() WHERE id = ${open.operationId}::uuid`
  const reviewers = [approver, calm.ctxOf(calm.people.second)]
  expect((await openUses(approver)).find(({ id }) => id === open.id)).toMatchObject({ whyNotYou: null })
  const outcomes = await Promise.all(reviewers.map((ctx) => refusal(reviewBreakGlass(ctx, { id: open.id, review }))))
  expect(outcomes.sort()).toEqual(['conflict: Somebody has reviewed it already.', 'it was done'])
  expect((await openUses()).map(({ id }) => id)).not.toContain(open.id)
  const [reviewed] = (await listBreakGlass(operator, { status: 'all' })).filter(({ id }) => id === open.id)
  expect(reviewed).toMatchObject({ review, whyNotYou: expect.any(String) })
})

describe('where nothing proves that the old primary is closed', () => {
  test('there is no plan, unless people attest it, and only on this path', async () => {
    await calm.observe()
    await silence()
    const none = await previewFailover(operator, { cellId: 'sin', overrides, isBreakGlass: true, isDeclared: false })
    expect(none.plan).toBeNull()
    expect(none.means.filter(({ isPossible }) => isPossible)).toEqual([])
    const usual = { cellId: 'sin', overrides, isBreakGlass: false, isDeclared: true }
    expect(await refusal(previewFailover(operator, usual))).toMatch(/^invalid-input: Only break-glass may declare/)
  })

  test('it waits for the word of another person, which starts it', async () => {
    const { requestId, operationId, vote } = await declare()
    expect(operationId).toBeNull()
    expect(await getRequest(approver, { id: requestId })).toMatchObject({
      status: 'waiting',
      isBreakGlass: true,
      quorum: 1,
      operationId: null,
    })
    const [open] = await openUses()
    expect(open).toMatchObject({ requestId, operationId: null, reviewedAt: null })
    const review = 'Read it before anything has happened, which is too early.'
    expect(await refusal(reviewBreakGlass(approver, { id: open!.id, review }))).toMatch(
      /^precondition-failed: F-\d+ still waits for a second person/,
    )
    expect(await calm.db.notification.findMany({ where: { objectId: open!.id } })).toMatchObject([
      { path: `/approvals/${requestId}`, text: expect.stringContaining('waits for a second person to attest') },
    ])
    const self = calm.ctxOf(calm.people.operator, { roles: ['operator', 'approver'] })
    expect(await refusal(approveRequest(self, vote))).toMatch(/^forbidden/)
    expect((await approveRequest(approver, vote)).operationId).not.toBeNull()
    expect(await refusal(approveRequest(calm.ctxOf(calm.people.second), vote))).toMatch(/already consumed/)
  })

  test('nobody may attest it of a server that answers: not in a dry run, and not once a request waits', async () => {
    await calm.observe()
    const { plan, checks } = await previewFailover(operator, {
      cellId: 'sin',
      overrides,
      isBreakGlass: true,
      isDeclared: true,
    })
    expect(plan).toBeNull()
    const says = 'sin-1 answers, so nobody may declare that it takes no writes.'
    expect(checks).toContainEqual(expect.objectContaining({ rule: 'fence-is-possible', outcome: 'failed', says }))

    const { requestId, operationId, vote } = await declare()
    expect(operationId).toBeNull()
    await calm.observe()
    expect(await refusal(approveRequest(approver, vote))).toContain(says)
    expect(await getRequest(operator, { id: requestId })).toMatchObject({ status: 'voided', operationId: null })
  })

  test('a no ends it, and the review stays due', async () => {
    const { requestId, vote } = await declare()
    await rejectRequest(approver, { id: requestId, planHash: vote.planHash, reason: 'I see it write.' })
    expect(await getRequest(operator, { id: requestId })).toMatchObject({ status: 'rejected', operationId: null })
    expect((await openUses()).map((open) => open.requestId)).toContain(requestId)
  })

  test('a worker takes no declaration that only one person stands for', async () => {
    const { vote, plan } = await declare()
    const { operationId } = await approveRequest(approver, vote)
    const fence = () =>
      fenceOldPrimary({
        deps: { db: calm.db },
        operationId,
        params: { ...plan, fence: { means: plan.fence.means } },
        signal: new AbortController().signal,
      } as unknown as ForcedRun)
    const closing = 'PROVEN could not be had'
    expect(await fence()).toMatchObject({ output: { strength: 'DECLARED', evidence: { confirmedBy: approverId() } } })
    await calm.db.$transaction([
      calm.db.$executeRaw`ALTER TABLE approval DISABLE TRIGGER USER`,
      calm.db.$executeRaw`DELETE FROM approval WHERE request_id = ${vote.id}::uuid`,
      calm.db.$executeRaw`ALTER TABLE approval ENABLE TRIGGER USER`,
    ])
    await expect(fence()).rejects.toThrow(/Nobody but whoever broke the glass attests/)
    await expect(fence()).rejects.toThrow(closing)
  })
})

const approverId = () => calm.people.approver.id

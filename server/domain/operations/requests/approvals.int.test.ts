import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DomainError } from '@/model/errors'
import type { RequestOperation } from '@/model/schemas/operations'
import type { SwitchoverPlan } from '@/model/schemas/plans'
import type { Ctx } from '@/server/context'
import {
  approveRequest,
  expireRequests,
  getRequest,
  listOperations,
  listRequests,
  previewSwitchover,
  rejectRequest,
  requestOperation,
  withdrawRequest,
} from '../index'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'

let calm: CalmCatalog
let operator: Ctx
let approver: Ctx

beforeAll(async () => {
  calm = await startCalmCatalog()
  operator = calm.ctxOf(calm.people.operator)
  approver = calm.ctxOf(calm.people.approver)
})
afterAll(() => calm.stop())
afterEach(() => calm.settle())

const reason = 'Patch the host of sin-1.'

async function dryRun(ctx = operator): Promise<{ planHash: string; plan: SwitchoverPlan }> {
  await calm.observe()
  const { plan, planHash, checks } = await previewSwitchover(ctx, { cellId: 'sin' })
  expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  return { planHash: planHash!, plan: plan! }
}

function order(planHash: string, change: Partial<RequestOperation> = {}): RequestOperation {
  return {
    kind: 'planned-switchover',
    cellId: 'sin',
    targetMember: 'sin-2',
    planHash,
    typedRegion: 'ap-southeast-1',
    reason,
    idempotencyKey: randomUUID(),
    ...change,
  }
}

async function ask(): Promise<{ id: string; planHash: string; code: string }> {
  const { planHash } = await dryRun()
  const { requestId, code } = await requestOperation(operator, order(planHash))
  return { id: requestId, planHash, code }
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    (error: unknown) => (error instanceof DomainError ? `${error.code}: ${error.says}` : Promise.reject(error)),
  )

const actionsOf = async (requestId: string) =>
  (
    await calm.db.globalAuditEvent.findMany({ where: { correlationId: requestId }, orderBy: { recordedAt: 'asc' } })
  ).map((event) => event.actionType)

test('the same key answers the same request again, and no other', async () => {
  const { planHash } = await dryRun()
  const first = order(planHash)
  const made = await requestOperation(operator, first)
  expect(await requestOperation(operator, first)).toEqual(made)
  for (const change of [{ reason: `${reason} And more.` }, { incidentRef: 'INC-771' }])
    expect(await refusal(requestOperation(operator, { ...first, ...change }))).toMatch(
      /^conflict: This idempotency key belongs to another request/,
    )
  await withdrawRequest(operator, { id: made.requestId, reason })
})

test('a request, a yes by another person, and a queued operation: one line in the audit trail each', async () => {
  const request = await ask()
  const detail = await getRequest(approver, { id: request.id })
  expect(detail).toMatchObject({
    code: request.code,
    status: 'waiting',
    quorum: 1,
    drift: [],
    whyNotYou: null,
    undoUntilStep: 'Wait until the target has everything, then move the write epoch',
    approvers: [{ name: 'Ada Approver' }, { name: 'Ben Approver' }],
  })
  const { operationId } = await approveRequest(approver, { ...request, reason })
  expect(await listOperations(operator, { status: 'active' })).toMatchObject([
    { id: operationId, status: 'queued', scope: 'cell:sin', stepsDone: 0, stepsTotal: 10 },
  ])
  expect(await actionsOf(request.id)).toEqual([
    'request.made',
    'request.approved',
    'operation.enqueued',
    'request.consumed',
  ])
  expect((await listRequests(operator, { status: 'decided' }))[0]).toMatchObject({
    id: request.id,
    status: 'consumed',
    operationId,
    approvals: [{ person: { name: 'Ada Approver' }, decision: 'approve' }],
  })
})

test('the same facts shown twice are one plan, and a dry run by somebody else is another', async () => {
  const first = await dryRun()
  const again = await previewSwitchover(operator, { cellId: 'sin' })
  expect(again.planHash).toBe(first.planHash)
  const stranger = calm.ctxOf(await calm.addPerson('Oto Operator', 'operator'))
  const theirs = await previewSwitchover(stranger, { cellId: 'sin' })
  expect(theirs.planHash).not.toBe(first.planHash)
  expect(await refusal(requestOperation(stranger, order(first.planHash)))).toMatch(
    /^precondition-failed: This plan is not one/,
  )
})

test('a request is refused for another target, another region typed, or an expired dry run', async () => {
  const { planHash, plan } = await dryRun()
  expect(await refusal(requestOperation(operator, order(planHash, { typedRegion: 'ap-southeast-2' })))).toMatch(
    /^invalid-input: Type the region/,
  )
  expect(await refusal(requestOperation(operator, order(planHash, { targetMember: 'sin-1' })))).toMatch(
    /^precondition-failed: This plan is a planned-switchover of sin to sin-2/,
  )
  const { hashPlan } = await import('../hash-plan')
  const old = { ...plan, observed: { ...plan.observed, at: '2026-01-01T00:00:00.000Z' } }
  await calm.db.operationPlan.create({
    data: {
      kind: plan.kind,
      scope: plan.scope,
      hash: hashPlan(old),
      body: old,
      createdBy: plan.madeBy,
      expiresAt: new Date(Date.now() - 1_000),
    },
  })
  expect(await refusal(requestOperation(operator, order(hashPlan(old))))).toMatch(/older than five minutes/)
})

test('a request is refused when the world moved after the dry run, and says what moved', async () => {
  const { planHash } = await dryRun()
  await calm.db.$executeRaw`UPDATE member_observation SET timeline = 2`
  expect(await refusal(requestOperation(operator, order(planHash)))).toMatch(
    /The world changed since the dry run: timeline of sin-1 was 1, now: 2/,
  )
})

test('50 copies of one request are one request', async () => {
  const { planHash } = await dryRun()
  const intent = order(planHash)
  const made = await Promise.all(Array.from({ length: 50 }, () => requestOperation(operator, intent)))
  expect(new Set(made.map(({ requestId }) => requestId)).size).toBe(1)
})

test('two requests on one scope: the second is refused by name', async () => {
  const { planHash } = await dryRun()
  const outcomes = await Promise.all(
    Array.from({ length: 4 }, () => refusal(requestOperation(operator, order(planHash)))),
  )
  expect(outcomes.filter((outcome) => outcome === 'it was done')).toHaveLength(1)
  expect(outcomes.filter((outcome) => /waits for a decision/.test(outcome))).toHaveLength(3)
})

test('the requester never decides: not in code, not in SQL', async () => {
  const request = await ask()
  const both = calm.ctxOf(calm.people.operator, { roles: ['operator', 'approver', 'admin'] })
  expect(await refusal(approveRequest(both, { ...request, reason }))).toMatch(/^forbidden: You asked for this/)
  expect(await refusal(rejectRequest(both, { ...request, reason }))).toMatch(/^forbidden: You asked for this/)
  const { operator: person } = calm.people
  await expect(
    calm.db
      .$executeRaw`INSERT INTO approval (id, request_id, requester_id, plan_hash, person_id, decision, reason, authenticated_at)
      VALUES (gen_random_uuid(), ${request.id}::uuid, ${person.id}::uuid, ${request.planHash}, ${person.id}::uuid, 'approve', 'x', now())`,
  ).rejects.toThrow(/ck_requester_is_not_approver/)
  const { approver: other } = calm.people
  await expect(
    calm.db
      .$executeRaw`INSERT INTO approval (id, request_id, requester_id, plan_hash, person_id, decision, reason, authenticated_at)
      VALUES (gen_random_uuid(), ${request.id}::uuid, ${other.id}::uuid, ${request.planHash}, ${person.id}::uuid, 'approve', 'x', now())`,
    'under a false requester',
  ).rejects.toThrow(/foreign key/i)
})

test('a second account of the requester is the same person', async () => {
  const request = await ask()
  const secondAccount = calm.ctxOf(calm.people.operator, { sessionId: 'another-account', roles: ['approver'] })
  expect(await refusal(approveRequest(secondAccount, { ...request, reason }))).toMatch(/^forbidden: You asked for this/)
})

test('whoever lacks the role, has it only since the plan, has lost it, or is disabled may not decide', async () => {
  const { viewer } = calm.people
  const late = await calm.addPerson('Lea Late', 'viewer')
  const lost = await calm.addPerson('Leo Lost', 'approver')
  const disabled = await calm.addPerson('Dia Disabled', 'approver')
  const request = await ask()
  await calm.db.roleGrant.create({ data: { personId: late.id, role: 'approver' } })
  await calm.db.roleGrant.updateMany({ where: { personId: lost.id }, data: { revokedAt: new Date() } })
  await calm.db.person.update({ where: { id: disabled.id }, data: { disabledAt: new Date() } })
  expect(await refusal(approveRequest(calm.ctxOf(viewer), { ...request, reason }))).toMatch(
    /^forbidden: Needs the role approver/,
  )
  for (const person of [late, lost, disabled]) {
    const ctx = calm.ctxOf(person, { roles: ['approver'] })
    expect(await refusal(approveRequest(ctx, { ...request, reason })), person.name).toMatch(
      /^forbidden: .*after the plan was made/,
    )
    expect((await getRequest(ctx, request)).whyNotYou, person.name).toMatch(/after the plan was made/)
  }
  expect((await getRequest(approver, request)).status).toBe('waiting')
})

test('a missing, an old and a future proof of the second factor ask for a new one', async () => {
  const request = await ask()
  for (const steppedUpAt of [null, new Date(Date.now() - 6 * 60_000), new Date(Date.now() + 3_600_000)]) {
    const ctx = calm.ctxOf(calm.people.approver, { steppedUpAt })
    expect(await refusal(approveRequest(ctx, { ...request, reason }))).toMatch(/^step-up-required/)
    expect((await getRequest(ctx, request)).steppedUpUntil).toBeNull()
  }
})

test('an approval names the plan that was read, and the plan cannot be edited', async () => {
  const request = await ask()
  const other = { id: request.id, planHash: '0'.repeat(64), reason }
  expect(await refusal(approveRequest(approver, other))).toMatch(/^precondition-failed: You read another plan/)
  await expect(
    calm.db.$executeRaw`UPDATE operation_plan SET body = body || '{"cell": "fra"}' WHERE hash = ${request.planHash}`,
  ).rejects.toThrow(/append-only/)
  await expect(
    calm.db.operationRequest.update({ where: { id: request.id }, data: { planHash: '0'.repeat(64) } }),
  ).rejects.toThrow(/bound to its plan/)
})

test('a plan row that was edited behind the trigger is found out by its hash', async () => {
  const request = await ask()
  await calm.db.$transaction([
    calm.db.$executeRaw`ALTER TABLE operation_plan DISABLE TRIGGER append_only`,
    calm.db
      .$executeRaw`UPDATE operation_plan SET body = jsonb_set(body, '{target,member}', '"sin-9"') WHERE hash = ${request.planHash}`,
    calm.db.$executeRaw`ALTER TABLE operation_plan ENABLE TRIGGER append_only`,
  ])
  expect(await refusal(approveRequest(approver, { ...request, reason }))).toMatch(
    /is void, since the world changed: plan was/,
  )
})

test('an expired request is refused by the catalog’s clock, recorded, and stays so', async () => {
  const request = await ask()
  await calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '1 hour', approve_by = now() - interval '1 second' WHERE id = ${request.id}::uuid`
  expect((await getRequest(approver, request)).status).toBe('expired')
  expect(await refusal(approveRequest(approver, { ...request, reason }))).toMatch(
    /^precondition-failed: S-\d+ has expired/,
  )
  expect(await actionsOf(request.id)).toEqual(['request.made', 'request.expired'])
  expect(await refusal(approveRequest(approver, { ...request, reason }))).toMatch(/^conflict: S-\d+ is already expired/)
})

test('the expiry job ends what nobody decided, once', async () => {
  const request = await ask()
  await calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '1 hour', approve_by = now() - interval '1 second' WHERE id = ${request.id}::uuid`
  expect(await expireRequests(calm.db, 'eu-west-1')).toEqual({ expiredCount: 1 })
  expect(await expireRequests(calm.db, 'eu-west-1')).toEqual({ expiredCount: 0 })
  expect(await actionsOf(request.id)).toEqual(['request.made', 'request.expired'])
})

test('20 clicks of two people at once are one operation, and each person counts once', async () => {
  const request = await ask()
  const clicks = [calm.people.approver, calm.people.second].flatMap((person) =>
    Array.from({ length: 10 }, () => refusal(approveRequest(calm.ctxOf(person), { ...request, reason }))),
  )
  const outcomes = await Promise.all(clicks)
  expect(outcomes.filter((outcome) => outcome === 'it was done')).toHaveLength(1)
  expect(outcomes.filter((outcome) => outcome.startsWith('conflict: '))).toHaveLength(19)
  expect(await calm.db.operation.count({ where: { requestId: request.id } })).toBe(1)
  expect(await calm.db.approval.count({ where: { requestId: request.id } })).toBe(1)
})

test('with a quorum of two, the second person starts it, and a vote whose role is gone does not count', async () => {
  const request = await ask()
  await calm.db.operationRequest.update({ where: { id: request.id }, data: { quorum: 2 } })
  const third = await calm.addPerson('Tea Third', 'approver')
  await calm.db
    .$executeRaw`UPDATE role_grant SET granted_at = now() - interval '1 day' WHERE person_id = ${third.id}::uuid`
  expect(await approveRequest(approver, { ...request, reason })).toEqual({ operationId: null })
  expect(await refusal(approveRequest(approver, { ...request, reason }))).toMatch(/^conflict: You have already decided/)
  await calm.db.roleGrant.updateMany({ where: { personId: calm.people.approver.id }, data: { revokedAt: new Date() } })
  expect(await approveRequest(calm.ctxOf(calm.people.second), { ...request, reason })).toEqual({ operationId: null })
  const { operationId } = await approveRequest(calm.ctxOf(third), { ...request, reason })
  expect(operationId).not.toBeNull()
  await calm.db.roleGrant.updateMany({ where: { personId: calm.people.approver.id }, data: { revokedAt: null } })
})

test.each<[string, string, string]>([
  ['another epoch', 'UPDATE region_write_epoch SET epoch = epoch + 1', 'write epoch'],
  ['a new version of a policy', 'UPDATE residency_policy SET version = version + 1', 'policy APAC'],
  [
    'a policy that no longer allows the target',
    `UPDATE residency_policy SET allowed_regions = '{ap-southeast-1}'`,
    'policies violated',
  ],
  [
    'another server behind the name',
    `UPDATE member_observation SET system_identifier = '99' WHERE member_id = 'sin-2'`,
    'system identifier of sin-2',
  ],
  ['a requester who lost the role', `UPDATE role_grant SET revoked_at = now() WHERE role = 'operator'`, 'requester'],
])('%s in the gap voids the request with the difference, and the vote is not consumed', async (_why, change, what) => {
  const request = await ask()
  await calm.db.$executeRawUnsafe(change)
  expect(await refusal(approveRequest(approver, { ...request, reason }))).toMatch(/is void, since the world changed/)
  const detail = await getRequest(approver, request)
  expect(detail.status).toBe('voided')
  expect(detail.drift.map((difference) => difference.what)).toContain(what)
  expect(await calm.db.approval.count({ where: { requestId: request.id } })).toBe(0)
  expect(await calm.db.operation.count({ where: { requestId: request.id } })).toBe(0)
  expect(await actionsOf(request.id)).toEqual(['request.made', 'request.voided'])
  await calm.db.$executeRaw`UPDATE residency_policy SET allowed_regions = '{ap-southeast-1,ap-southeast-2}'`
  await calm.db.$executeRaw`UPDATE role_grant SET revoked_at = NULL WHERE role = 'operator'`
})

test('not knowing voids nothing: the request goes on waiting, and is approved once the facts are back', async () => {
  const request = await ask()
  await calm.db.$executeRaw`UPDATE member_observation SET observed_at = now() - interval '1 minute'`
  expect(await refusal(approveRequest(approver, { ...request, reason }))).toMatch(
    /^precondition-failed: Not everything can be verified/,
  )
  expect((await getRequest(approver, request)).status).toBe('waiting')
  await calm.observe()
  expect((await approveRequest(approver, { ...request, reason })).operationId).not.toBeNull()
})

test('one no is final, and the requester may withdraw', async () => {
  const rejected = await ask()
  await rejectRequest(approver, { ...rejected, reason: 'Not during the audit.' })
  expect(await getRequest(operator, rejected)).toMatchObject({
    status: 'rejected',
    closedReason: 'Not during the audit.',
  })
  expect(await refusal(approveRequest(calm.ctxOf(calm.people.second), { ...rejected, reason }))).toMatch(
    /is already rejected/,
  )
  const withdrawn = await ask()
  expect(
    await refusal(withdrawRequest(calm.ctxOf(calm.people.second, { roles: ['admin'] }), { id: withdrawn.id, reason })),
  ).toMatch(/^forbidden/)
  await withdrawRequest(operator, { id: withdrawn.id, reason })
  expect((await getRequest(operator, withdrawn)).status).toBe('withdrawn')
})

test('an operation on the scope refuses the next dry run by name', async () => {
  const request = await ask()
  await approveRequest(approver, { ...request, reason })
  await calm.observe()
  const preview = await previewSwitchover(operator, { cellId: 'sin' })
  expect(preview.plan).toBeNull()
  expect(preview.checks[0]).toMatchObject({ rule: 'one-operation-per-scope', outcome: 'failed' })
})

test('a service and nobody may neither ask nor decide', async () => {
  const service: Ctx = { ...operator, principal: { kind: 'service', name: 'router', roles: ['operator', 'approver'] } }
  const nobody: Ctx = { ...operator, principal: null }
  const { planHash } = await dryRun()
  for (const ctx of [service, nobody]) {
    expect(await refusal(previewSwitchover(ctx, { cellId: 'sin' }))).toMatch(/^forbidden/)
    expect(await refusal(requestOperation(ctx, order(planHash)))).toMatch(/^forbidden/)
    expect(await refusal(approveRequest(ctx, { id: randomUUID(), planHash, reason }))).toMatch(/^forbidden/)
  }
})

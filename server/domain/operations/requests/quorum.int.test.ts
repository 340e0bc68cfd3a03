import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DomainError } from '@/model/errors'
import { SwitchoverPlan } from '@/model/schemas/plans'
import type { Ctx } from '@/server/context'
import { createDb, type Db, transact } from '@/server/db'
import {
  approveRequest,
  claimRequest,
  expireRequests,
  getRequest,
  previewSwitchover,
  recheckRequest,
  rejectRequest,
  requestOperation,
  unclaimRequest,
  voidDriftedRequests,
} from '../index'
import { storePlan } from '../store-plan'
import { type CalmCatalog, startCalmCatalog, type TestPerson } from '../testing-catalog'

let calm: CalmCatalog
let operator: Ctx
let crowd: TestPerson[]
/** A connection for each of fifty people: all of them are inside a transaction at once, none waits for the pool. */
let wide: Db

beforeAll(async () => {
  calm = await startCalmCatalog()
  operator = calm.ctxOf(calm.people.operator)
  wide = createDb(calm.url, { poolSize: 50 })
  crowd = [calm.people.approver, calm.people.second]
  for (let n = crowd.length; n < 50; n++) crowd.push(await calm.addPerson(`Approver ${n}`, 'approver'))
})
afterAll(async () => {
  await wide?.$disconnect()
  await calm?.stop()
})
afterEach(async () => {
  await calm.db.$executeRaw`UPDATE person SET disabled_at = NULL, kind = 'human'`
  await calm.db.$executeRaw`UPDATE role_grant SET revoked_at = NULL`
  await calm.settle()
})

const reason = 'Patch the host of sin-1.'
type Asked = { id: string; planHash: string }

async function ask({
  quorum = 1,
  change = {},
}: {
  quorum?: number
  change?: Partial<SwitchoverPlan>
} = {}): Promise<Asked> {
  await calm.observe()
  const { plan } = await previewSwitchover(operator, { cellId: 'sin' })
  const body = SwitchoverPlan.parse({ ...plan!, ...change })
  const actor = { kind: 'service', name: 'test' } as const
  const { hash } = await transact(calm.db, (tx) => storePlan(tx, body, { actor, homeRegion: 'eu-west-1' }))
  const { requestId } = await requestOperation(operator, {
    kind: 'planned-switchover',
    cellId: 'sin',
    targetMember: 'sin-2',
    planHash: hash,
    typedRegion: 'ap-southeast-1',
    reason,
    idempotencyKey: randomUUID(),
  })
  if (quorum > 1) await calm.db.operationRequest.update({ where: { id: requestId }, data: { quorum } })
  return { id: requestId, planHash: hash }
}

const approve = (person: TestPerson, { id, planHash }: Asked, confirmedOverrides: string[] = []) =>
  approveRequest(
    { ...calm.ctxOf(person, { roles: ['approver'] }), db: wide },
    { id, planHash, reason, confirmedOverrides },
  )

/** "started", "counted", or the refusal's code. */
const outcomeOf = (work: Promise<{ operationId: string | null }>) =>
  work.then(
    ({ operationId }) => (operationId ? 'started' : 'counted'),
    (error: unknown) => (error instanceof DomainError ? error.code : Promise.reject(error)),
  )
const saysOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    (error: unknown) => (error instanceof DomainError ? error.says : Promise.reject(error)),
  )
const tally = (outcomes: readonly string[]) =>
  Object.fromEntries([...new Set(outcomes)].map((each) => [each, outcomes.filter((other) => other === each).length]))
const operationsOf = ({ id }: Asked) => calm.db.operation.count({ where: { requestId: id } })

describe('a quorum of two', () => {
  test('50 people at once: one starts it, one counted before, everybody else comes too late', async () => {
    const request = await ask({ quorum: 2 })
    const outcomes = await Promise.all(crowd.map((person) => outcomeOf(approve(person, request))))
    expect(tally(outcomes)).toEqual({ counted: 1, started: 1, conflict: 48 })
    expect(await operationsOf(request)).toBe(1)
  })

  test('one person 50 times at once is one vote', async () => {
    const request = await ask({ quorum: 2 })
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcomeOf(approve(crowd[0]!, request))))
    expect(tally(outcomes)).toEqual({ counted: 1, conflict: 49 })
    expect(await operationsOf(request)).toBe(0)
  })

  test('one no among many yeses at once: either it came last, or nothing started', async () => {
    for (let round = 0; round < 5; round++) {
      const request = await ask({ quorum: 3 })
      const [veto, ...others] = crowd.slice(round * 4, round * 4 + 4)
      await Promise.all([
        ...others.map((person) => outcomeOf(approve(person, request))),
        saysOf(rejectRequest(calm.ctxOf(veto!), { ...request, reason })),
      ])
      const { status } = await getRequest(operator, request)
      expect(await operationsOf(request)).toBe(status === 'consumed' ? 1 : 0)
      expect(['consumed', 'rejected']).toContain(status)
      await calm.settle()
    }
  })

  test.each<[string, (id: string) => Promise<unknown>]>([
    ['disabled', (id) => calm.db.person.update({ where: { id }, data: { disabledAt: new Date() } })],
    ['found to be a machine', (id) => calm.db.person.update({ where: { id }, data: { kind: 'machine' } })],
    [
      'stripped of the role',
      (id) => calm.db.roleGrant.updateMany({ where: { personId: id }, data: { revokedAt: new Date() } }),
    ],
  ])('a vote of somebody who is %s before the last one no longer counts', async (_why, change) => {
    const request = await ask({ quorum: 2 })
    expect(await approve(crowd[0]!, request)).toEqual({ operationId: null })
    await change(crowd[0]!.id)
    expect(await approve(crowd[1]!, request)).toEqual({ operationId: null })
    expect((await approve(crowd[2]!, request)).operationId).not.toBeNull()
  })

  test('somebody who is disabled while the last vote is being counted is either counted before or not at all', async () => {
    for (let round = 0; round < 5; round++) {
      const request = await ask({ quorum: 2 })
      const [first, last] = [crowd[round * 2]!, crowd[round * 2 + 1]!]
      await approve(first, request)
      const [outcome] = await Promise.all([
        outcomeOf(approve(last, request)),
        calm.db.person.update({ where: { id: first.id }, data: { disabledAt: new Date() } }),
      ])
      expect(await operationsOf(request)).toBe(outcome === 'started' ? 1 : 0)
      await calm.settle()
    }
  })

  test('cannot be lowered, not even in the catalog', async () => {
    const { id } = await ask({ quorum: 2 })
    await expect(calm.db.operationRequest.update({ where: { id }, data: { quorum: 1 } })).rejects.toThrow(/its quorum/)
  })
})

test('a machine that holds the role may not decide: not in code, not in SQL', async () => {
  const robot = crowd[3]!
  await calm.db.person.update({ where: { id: robot.id }, data: { kind: 'machine' } })
  const request = await ask()
  expect(await outcomeOf(approve(robot, request))).toBe('forbidden')
  expect((await getRequest(operator, request)).approvers.map(({ id }) => id)).not.toContain(robot.id)
  await expect(
    calm.db.$executeRaw`
      INSERT INTO approval (id, request_id, requester_id, plan_hash, person_id, decision, reason, authenticated_at)
      VALUES (gen_random_uuid(), ${request.id}::uuid, ${calm.people.operator.id}::uuid, ${request.planHash},
              ${robot.id}::uuid, 'approve', 'x', now())`,
  ).rejects.toThrow(/Only an enabled human decides/)
})

test('a yes to one plan is none to another, whichever part of it is sent again', async () => {
  const first = await ask()
  await rejectRequest(calm.ctxOf(crowd[0]!), { ...first, reason })
  const second = await ask()
  expect(second.planHash).not.toBe(first.planHash)
  expect(await saysOf(approve(crowd[1]!, { id: second.id, planHash: first.planHash }))).toMatch(/You read another plan/)
  expect(await saysOf(approve(crowd[1]!, first))).toMatch(/is already rejected/)
  expect(await operationsOf(second)).toBe(0)
})

test('a request is over by the catalog’s clock, however this process’s clock stands', async () => {
  const request = await ask()
  await calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '1 hour', approve_by = now() - interval '1 second'
    WHERE id = ${request.id}::uuid`
  const anHourBehind = {
    ...calm.ctxOf(crowd[0]!),
    clock: { now: () => new Date(Date.now() - 3_600_000), monotonicMs: () => performance.now() },
  }
  expect(await saysOf(approveRequest(anHourBehind, { ...request, reason }))).toMatch(/has expired/)
})

test('a request that nobody decided says the time that it had, not the usual one', async () => {
  const request = await ask()
  await calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '31 minutes', approve_by = now() - interval '1 minute'
    WHERE id = ${request.id}::uuid`
  await expireRequests(calm.db, 'eu-west-1')
  expect(await getRequest(operator, request)).toMatchObject({
    status: 'expired',
    closedReason: 'Not enough people decided within 30 min.',
  })
})

describe('what a plan overrides', () => {
  const overrides = [
    { rule: 'cool-down', reason: 'The cause is known.' },
    { rule: 'enough-writable-regions', reason: 'The others are drained.' },
  ]

  test('is confirmed rule by rule, and the audit trail says by whom', async () => {
    const request = await ask({ change: { overrides } })
    expect(await saysOf(approve(crowd[0]!, request))).toBe(
      'Confirm each overridden rule: cool-down, enough-writable-regions.',
    )
    expect(await saysOf(approve(crowd[0]!, request, ['cool-down']))).toMatch(/: enough-writable-regions\.$/)
    const confirmed = overrides.map(({ rule }) => rule)
    expect((await approve(crowd[0]!, request, confirmed)).operationId).not.toBeNull()
    const [event] = await calm.db.globalAuditEvent.findMany({
      where: { correlationId: request.id, actionType: 'request.approved' },
    })
    expect(event!.metadata).toMatchObject({ confirmedOverrides: confirmed })
  })

  test('includes an unknown loss, which blocks without its override', async () => {
    const loss = {
      kind: 'unknown',
      seconds: null,
      bytes: null,
      transactions: null,
      basis: 'Nobody knows.',
      until: null,
    } as const
    const unbounded = await ask({ change: { loss } })
    expect(await saysOf(approve(crowd[0]!, unbounded))).toMatch(/^The data loss is unknown/)
    await calm.settle()
    const named = await ask({ change: { loss, overrides: [{ rule: 'loss-is-bounded', reason: 'All of it may go.' }] } })
    expect((await approve(crowd[0]!, named, ['loss-is-bounded'])).operationId).not.toBeNull()
  })
})

describe('a request whose plan is no longer true', () => {
  const moveEpoch = () => calm.db.$executeRaw`UPDATE region_write_epoch SET epoch = epoch + 1`
  const observeAgain = () => calm.observe()

  test('is voided by the vote that finds it, and asks again by itself: same intent, fresh plan, no vote carried over', async () => {
    const request = await ask({ quorum: 2 })
    await approve(crowd[0]!, request)
    await moveEpoch()
    await observeAgain()
    expect(await saysOf(approve(crowd[1]!, request))).toMatch(
      /write epoch was \d+, now: \d+.* asks again with a fresh plan\.$/,
    )
    const old = await getRequest(operator, request)
    expect(old).toMatchObject({ status: 'voided', supersededBy: { code: expect.stringMatching(/^S-\d+$/) } })
    const fresh = await getRequest(operator, { id: old.supersededBy!.id })
    expect(fresh).toMatchObject({
      status: 'waiting',
      reason,
      requester: { id: calm.people.operator.id },
      supersedes: { id: old.id, code: old.code },
      approvals: [],
      drift: [],
    })
    expect(fresh.planHash).not.toBe(old.planHash)
    expect((await approve(crowd[1]!, fresh)).operationId).not.toBeNull()
  })

  test('names the successor where the refusal is shown', async () => {
    const request = await ask()
    await moveEpoch()
    await observeAgain()
    const error = await approve(crowd[0]!, request).catch((caught: unknown) => caught as DomainError)
    const { supersededBy } = await getRequest(operator, request)
    expect(error).toMatchObject({ details: { link: `/approvals/${supersededBy!.id}`, rule: 'plan-still-true' } })
  })

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'the requester may no longer ask',
      () => calm.db.$executeRaw`UPDATE role_grant SET revoked_at = now() WHERE role = 'operator'`,
      /It was not asked again: whoever asked may no longer/,
    ],
    [
      'no fresh plan passes',
      () =>
        calm.db.$executeRaw`UPDATE residency_policy SET allowed_regions = '{ap-southeast-1}', version = version + 1`,
      /It was not asked again: .*may not|It was not asked again: .*APAC/,
    ],
  ])('is not asked again when %s, and says so', async (_why, change, says) => {
    const request = await ask()
    await change()
    await outcomeOf(approve(crowd[0]!, request))
    const detail = await getRequest(operator, request)
    expect(detail).toMatchObject({ status: 'voided', supersededBy: null })
    expect(detail.closedReason).toMatch(says)
    await calm.db.$executeRaw`UPDATE residency_policy SET allowed_regions = '{ap-southeast-1,ap-southeast-2}'`
  })

  test('is not asked again when somebody edited the stored plan', async () => {
    const request = await ask()
    await calm.db.$transaction([
      calm.db.$executeRaw`ALTER TABLE operation_plan DISABLE TRIGGER append_only`,
      calm.db
        .$executeRaw`UPDATE operation_plan SET body = jsonb_set(body, '{bounds,drainMs}', '1') WHERE hash = ${request.planHash}`,
      calm.db.$executeRaw`ALTER TABLE operation_plan ENABLE TRIGGER append_only`,
    ])
    expect(await saysOf(approve(crowd[0]!, request))).toMatch(
      /plan was [0-9a-f]{64}, now: [0-9a-f]{64}.*changed by somebody/,
    )
    expect((await getRequest(operator, request)).supersededBy).toBeNull()
  })

  test('50 votes that find it at once leave one voided request and one successor', async () => {
    const request = await ask()
    await moveEpoch()
    await observeAgain()
    await Promise.all(crowd.map((person) => outcomeOf(approve(person, request))))
    expect(await calm.db.operationRequest.count({ where: { supersedes: request.id } })).toBe(1)
    expect(await operationsOf(request)).toBe(0)
  })

  test('stops asking again after five requests for one intent', async () => {
    let request: Asked = await ask()
    for (let asked = 1; asked < 5; asked++) {
      await moveEpoch()
      await observeAgain()
      const { supersededBy } = await recheckRequest(operator, request)
      request = { id: supersededBy!.id, planHash: (await getRequest(operator, supersededBy!)).planHash }
    }
    await moveEpoch()
    await observeAgain()
    expect(await saysOf(recheckRequest(operator, request))).toMatch(/asked 5 times/)
  })

  test('is found by the sweep, but not for a difference that was gone at the second look', async () => {
    const request = await ask()
    await calm.db.$executeRaw`UPDATE member_observation SET timeline = 2`
    const sweep = voidDriftedRequests(calm.db, 'eu-west-1', { secondLookMs: 1_500 })
    await expect
      .poll(
        async () => (await calm.db.$queryRaw<unknown[]>`SELECT 1 FROM member_observation WHERE timeline = 2`).length,
      )
      .toBe(2)
    await calm.observe()
    expect(await sweep).toEqual({ voidedCount: 0 })
    expect((await getRequest(operator, request)).status).toBe('waiting')
    await moveEpoch()
    await observeAgain()
    expect(await voidDriftedRequests(calm.db, 'eu-west-1', { secondLookMs: 10 })).toEqual({ voidedCount: 1 })
    expect((await getRequest(operator, request)).supersededBy).not.toBeNull()
  })

  test('rechecking a plan that is still true changes nothing', async () => {
    const request = await ask()
    expect(await recheckRequest(calm.ctxOf(crowd[0]!), request)).toEqual({ supersededBy: null })
    expect((await getRequest(operator, request)).status).toBe('waiting')
  })
})

test('"I am looking at it" is seen by everybody, ends by itself, and decides nothing', async () => {
  const request = await ask()
  const [first, second] = [crowd[0]!, crowd[1]!]
  await claimRequest(calm.ctxOf(first), request)
  await claimRequest(calm.ctxOf(first), request)
  const claims = async () => (await getRequest(operator, request)).claims.map(({ person }) => person.name)
  expect(await claims()).toEqual([first.name])
  expect(await saysOf(claimRequest(operator, request))).toMatch(/Needs the role approver/)
  await claimRequest(calm.ctxOf(second), request)
  await unclaimRequest(calm.ctxOf(first), request)
  expect(await claims()).toEqual([second.name])
  await calm.db.$executeRaw`UPDATE request_claim SET until = now() - interval '1 second'`
  expect(await claims()).toEqual([])
  expect((await approve(first, request)).operationId).not.toBeNull()
  expect(await saysOf(claimRequest(calm.ctxOf(second), request))).toMatch(/is already consumed/)
})

test('more people may decide than a page names: whoever comes after them is believed, and counted', async () => {
  await calm.db.$executeRaw`
    WITH early AS (
      INSERT INTO person (id, name, email)
      SELECT gen_random_uuid(), 'Aaron ' || n, n || '@early.test' FROM generate_series(1, 120) AS n RETURNING id)
    INSERT INTO role_grant (id, person_id, role) SELECT gen_random_uuid(), id, 'approver' FROM early`
  const [first, last] = [await calm.addPerson('Zoe', 'approver'), await calm.addPerson('Zuri', 'approver')]
  const request = await ask({ quorum: 2 })
  const seen = await getRequest(calm.ctxOf(first), request)
  expect(seen).toMatchObject({ whyNotYou: null, hasMoreApprovers: true })
  expect(seen.approvers).toHaveLength(100)
  await claimRequest(calm.ctxOf(first), request)
  expect(await approve(first, request)).toEqual({ operationId: null })
  expect((await approve(last, request)).operationId).not.toBeNull()
  await calm.settle()
  const other = await ask()
  expect(await rejectRequest(calm.ctxOf(last), { ...other, reason })).toEqual({})
})

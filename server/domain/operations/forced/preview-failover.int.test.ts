import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { approveRequest } from '../requests/approve-request'
import { requestOperation } from '../requests/request-operation'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'
import { LOSS_HORIZON_MS, TENANTS_PAGE_MAX } from './limits'
import { listAffectedTenants } from './list-affected-tenants'
import { previewFailover } from './preview-failover'
import { recordAgents } from './watch-agents'

let catalog: CalmCatalog
const overrides = [
  { rule: 'capacity-headroom', reason: 'Nobody declared the capacity of sin-2.' },
  { rule: 'enough-writable-regions', reason: 'This is the only cell.' },
]
const signal = new AbortController().signal

beforeAll(async () => {
  catalog = await startCalmCatalog()
})
afterAll(() => catalog?.stop())
beforeEach(async () => {
  await catalog.settle()
  await darken('refused')
})

/** What the collectors would have written: sin-1 is gone since three seconds, and sin-2 holds its heartbeat of four seconds ago. */
async function darken(reach: 'refused' | 'nothing'): Promise<void> {
  const { db } = catalog
  await db.$executeRaw`
    UPDATE member_observation SET state = 'unreachable', observed_at = clock_timestamp(), last_reachable_at = clock_timestamp() - interval '4 s'
     WHERE member_id = 'sin-1'`
  await db.$executeRaw`
    UPDATE member_observation SET heartbeat_at = clock_timestamp() - interval '4 s', received_lsn = lsn, receiver_status = NULL
     WHERE member_id = 'sin-2'`
  await db.$executeRaw`DELETE FROM probe_observation`
  await db.$executeRaw`
    INSERT INTO probe_observation (vantage_region, member_id, kind, outcome, reach, observed_at, outcome_since, last_ok_at)
    SELECT vantage, member, 'read', CASE WHEN member = 'sin-2' THEN 'ok' WHEN ${reach} = 'refused' THEN 'unreachable' ELSE 'timeout' END,
           CASE WHEN member = 'sin-1' THEN ${reach} END, clock_timestamp(), clock_timestamp() - interval '3 s', clock_timestamp() - interval '4 s'
      FROM unnest(ARRAY['ap-southeast-1', 'eu-west-1']) AS vantage, unnest(ARRAY['sin-1', 'sin-2']) AS member`
  const agent = { describes: 'switch', check: async () => ({ isReady: true, says: 'The switch answers.' }) }
  await recordAgents(db, agent, { vantageRegion: 'eu-west-1', signal })
}

const operator = () => catalog.ctxOf(catalog.people.operator)
const preview = (change: object = {}) =>
  previewFailover(operator(), { cellId: 'sin', overrides, isBreakGlass: false, isDeclared: false, ...change })
const against = (checks: Awaited<ReturnType<typeof preview>>['checks']) =>
  checks.filter(({ outcome, overriddenBecause }) => outcome !== 'passed' && !overriddenBecause).map(({ rule }) => rule)

async function ask(): Promise<{ requestId: string; planHash: string; vote: Parameters<typeof approveRequest>[1] }> {
  const { plan, planHash, checks } = await preview()
  expect(against(checks)).toEqual([])
  const { requestId, code } = await requestOperation(operator(), {
    kind: 'forced-failover',
    cellId: 'sin',
    targetMember: plan!.target.member,
    planHash: planHash!,
    typedRegion: plan!.source.region,
    reason: 'Singapore is dark.',
    idempotencyKey: randomUUID(),
  })
  expect(code).toMatch(/^F-/)
  const confirmedOverrides = plan!.overrides.map(({ rule }) => rule)
  return {
    requestId,
    planHash: planHash!,
    vote: { id: requestId, planHash: planHash!, reason: 'I agree.', confirmedOverrides },
  }
}

test('a dry run names the finding, the loss, the means and the overrides, and stores exactly that plan', async () => {
  const { finding, means, plan, planHash, candidates } = await preview()
  expect(finding).toMatchObject({ name: 'ServerDown', vantages: { length: 2 } })
  expect(candidates).toMatchObject([{ member: 'sin-2', usable: true, loss: { kind: 'bounded' } }])
  expect(means.filter(({ isPossible }) => isPossible).map(({ strength }) => strength)).toEqual(['POWERED_OFF'])
  expect(plan?.loss.seconds).toBeGreaterThanOrEqual(1)
  expect(plan?.loss.seconds).toBeLessThan(4)
  expect(plan?.overrides.map(({ rule }) => rule)).toContain('capacity-headroom')
  const stored = await catalog.db.operationPlan.findUniqueOrThrow({ where: { hash: planHash! } })
  expect(stored.body).toEqual(plan)
})

test('without the override by name nothing is stored', async () => {
  const { plan, planHash, checks } = await preview({ overrides: [] })
  expect([plan, planHash]).toEqual([null, null])
  expect(against(checks)).toContain('capacity-headroom')
})

test('two other people agree, and only then it is queued', async () => {
  const { vote } = await ask()
  expect(await approveRequest(catalog.ctxOf(catalog.people.approver), vote)).toEqual({ operationId: null })
  const { operationId } = await approveRequest(catalog.ctxOf(catalog.people.second), vote)
  const operation = await catalog.db.operation.findUniqueOrThrow({
    where: { id: operationId! },
    include: { steps: true },
  })
  expect(operation).toMatchObject({ kind: 'forced-failover', status: 'queued', steps: { length: 11 } })
})

test.each<[string, () => Promise<unknown>, RegExp]>([
  [
    'the primary is back',
    () => catalog.db.$executeRaw`
      WITH answers AS (UPDATE probe_observation SET outcome = 'ok', reach = NULL WHERE member_id = 'sin-1')
      INSERT INTO probe_observation (vantage_region, member_id, kind, outcome, observed_at, outcome_since)
      VALUES ('eu-west-1', 'sin-1', 'write', 'ok', clock_timestamp(), clock_timestamp())`,
    /finding was ServerDown, now: ServerHealthy/,
  ],
  [
    'a tenant changed its policy for one of the same region',
    async () => {
      await catalog.db.$executeRaw`UPDATE residency_policy SET version = version + 1`
    },
    /policy APAC/,
  ],
  [
    'the fencing agent is gone',
    () => recordAgents(catalog.db, null, { vantageRegion: 'eu-west-1', signal }),
    /means to fence was POWERED_OFF, now: none/,
  ],
  [
    'the target turned out to hold less',
    () =>
      catalog.db
        .$executeRaw`UPDATE member_observation SET heartbeat_at = heartbeat_at - interval '1 minute' WHERE member_id = 'sin-2'`,
    /loss was at most/,
  ],
  [
    'somebody declared maintenance',
    () => catalog.db.$executeRaw`
      INSERT INTO hold (id, kind, level, subject, reason, placed_by)
      VALUES (gen_random_uuid(), 'maintenance', 'cell', 'sin', 'New disks.', ${catalog.people.operator.id}::uuid)`,
    /maintenance hold/,
  ],
])('a plan is void once %s', async (_, change, says) => {
  const { vote } = await ask()
  await change()
  await expect(approveRequest(catalog.ctxOf(catalog.people.approver), vote)).rejects.toThrow(says)
  await catalog.db.$executeRaw`UPDATE hold SET released_at = now(), released_by = placed_by WHERE released_at IS NULL`
})

test('a bound that counts to a time is void after that time', async () => {
  await darken('nothing')
  const { plan } = await preview()
  const leftMs = Date.parse(plan!.loss.until!) - Date.now()
  expect(leftMs).toBeGreaterThan(LOSS_HORIZON_MS - 10_000)
  expect(leftMs).toBeLessThanOrEqual(LOSS_HORIZON_MS)
})

test('the affected tenants come by pages, each with the verdict of the law', async () => {
  const { db } = catalog
  await db.residencyPolicy.create({
    data: {
      ...{ policyCode: 'SG', allowedRegions: ['ap-southeast-1'], backupRegions: [], analyticsAllowed: false },
      ...{ crossBorderExportAllowed: false, description: 'Singapore.', effectiveFrom: new Date('2020-01-01') },
    },
  })
  await db.$executeRaw`
    INSERT INTO tenant_region_assignment (tenant_id, name, home_region, residency_policy, status, cell_id)
    SELECT gen_random_uuid(), 'Tenant ' || n, 'ap-southeast-1', CASE WHEN n <= 7 THEN 'SG' ELSE 'APAC' END, 'ACTIVE', 'sin'
      FROM generate_series(1, 150) AS n`
  const query = { cellId: 'sin', targetMember: 'sin-2', onlyViolations: false }
  const viewer = catalog.ctxOf(catalog.people.viewer)
  const first = await listAffectedTenants(viewer, query)
  expect(first).toMatchObject({ totalCount: 153, violatedCount: 7, tenants: { length: TENANTS_PAGE_MAX } })
  const second = await listAffectedTenants(viewer, { ...query, after: first.next! })
  expect(second).toMatchObject({ next: null, tenants: { length: 53 } })
  expect(new Set([...first.tenants, ...second.tenants].map(({ tenantId }) => tenantId)).size).toBe(153)
  const violations = await listAffectedTenants(viewer, { ...query, onlyViolations: true })
  expect(violations.tenants.map(({ residency }) => residency)).toEqual(Array(7).fill('violated'))
  expect((await preview()).plan).toBeNull()
})

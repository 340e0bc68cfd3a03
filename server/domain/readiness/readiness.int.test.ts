import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '@/model/paths'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import type { EngineAdapter } from '@/server/engines/contract'
import { endpointOf, type GatedCell, startGatedCell } from '@/server/engines/postgres/testing'
import { createEngines } from '@/server/engines/registry'
import { getWhatIf, listReadiness } from './index'
import { LIVE_FAILED_AFTER_MS, LIVE_STALE_AFTER_MS, ROUNDS_UNTIL_TOLD } from './limits'
import { type ProveDeps, proveOnce } from './prove-readiness'

/** Against real servers: what the worker proves, what the page reads, and what becomes of it when nobody looks any more. */
let catalog: TestCatalog
let cell: GatedCell
let engine: EngineAdapter
let ctx: Ctx
let deps: ProveDeps

beforeAll(async () => {
  catalog = await startCatalog()
  cell = await startGatedCell()
  engine = createEngines().for('postgres')
  await seed()
  ctx = {
    db: catalog.db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: {
      kind: 'person',
      personId: randomUUID(),
      name: 'Vic',
      roles: ['viewer'],
      sessionId: 's',
      steppedUpAt: null,
    },
  }
  deps = {
    db: catalog.db,
    engine,
    endpointOf: (member) => endpointOf(cell.fleet.member(member)),
    vantageRegion: 'eu-west-1',
    workerName: 'worker-1',
    signal: new AbortController().signal,
  }
})
afterAll(async () => {
  await engine?.close()
  await cell?.stop()
  await catalog?.stop()
})

const read = async () => (await listReadiness(ctx)).cells[0]!
const outcomes = async () => Object.fromEntries((await read()).checks.map(({ check, outcome }) => [check, outcome]))
const age = (ms: number) => catalog.db.$executeRaw`
  UPDATE readiness_evidence SET proven_at = proven_at - ${ms} * interval '1 millisecond' WHERE cell_id = 'cell'`

test('nothing proven is unknown, and never ready', async () => {
  expect((await read()).verdict).toMatchObject({ kind: 'unknown', score: null, evaluatedAt: null })
})

test('what is proven is ready, with its risks named, and decays when nobody proves it again', async () => {
  await observe()
  await proveOnce(deps)
  const { verdict, checks } = await read()
  expect(checks.filter(({ isBlocking, outcome }) => isBlocking && outcome !== 'passed')).toEqual([])
  expect(verdict).toMatchObject({ kind: 'risks', says: 'Ready, with 4 risks', blockerCount: 0 })
  expect(await outcomes()).toMatchObject({
    'same-settings': 'passed',
    backup: 'not-configured',
    capacity: 'unknown',
    'drill-clone': 'never-drilled',
    'no-hold': 'passed',
    'cool-down': 'passed',
  })
  await age(LIVE_STALE_AFTER_MS + 1_000)
  expect((await read()).verdict.kind).toBe('unproven')
  await age(LIVE_FAILED_AFTER_MS)
  expect((await read()).verdict.kind).toBe('not-ready')
})

test('a cell that stays not ready is told of once, and again only after it was ready', async () => {
  const told = () => catalog.db.notification.count({ where: { topic: 'readiness.lost' } })
  await observe()
  await proveOnce(deps)
  await catalog.db.$executeRaw`UPDATE member_observation SET receiver_status = NULL WHERE member_id = 'cell-2'`
  for (let round = 1; round <= ROUNDS_UNTIL_TOLD + 2; round++) {
    await catalog.db.$executeRaw`UPDATE member_observation SET observed_at = clock_timestamp()`
    await proveOnce(deps)
    expect(await told(), `round ${round}`).toBe(round < ROUNDS_UNTIL_TOLD ? 0 : 1)
  }
  expect((await read()).verdict.says).toMatch(/^Not ready: \d blocker/)
  await observe()
  await proveOnce(deps)
  expect((await read()).verdict.kind).toBe('risks')
})

test('a failover that nobody has acknowledged blocks the next one, and leads to its page until somebody does', async () => {
  const id = await failedOver('OP-2')
  await observe()
  await proveOnce(deps)
  const rest = async () => (await read()).checks.find(({ check }) => check === 'cool-down')
  expect(await rest()).toMatchObject({
    outcome: 'failed',
    says: expect.stringMatching(
      /^OP-2 failed this cell over at .+ and must be acknowledged\. Open OP-2 and acknowledge it\.$/,
    ),
    fix: { label: 'Open OP-2 and acknowledge it', path: paths.operation({ id }) },
  })
  expect((await read()).verdict).toMatchObject({ kind: 'not-ready', says: 'Not ready: 1 blocker' })
  await catalog.db.operation.update({ where: { id }, data: { acknowledgedAt: new Date() } })
  await observe()
  await proveOnce(deps)
  expect(await rest()).toMatchObject({ outcome: 'passed', fix: { path: null } })
  expect((await read()).verdict.kind).toBe('risks')
})

test('a hold blocks, and leads to the holds', async () => {
  const { id: placedBy } = await catalog.db.person.findFirstOrThrow()
  const hold = await catalog.db.hold.create({
    data: { level: 'cell', subject: 'cell', kind: 'incident', reason: 'Disks fail', placedBy },
  })
  await observe()
  await proveOnce(deps)
  expect((await read()).checks.find(({ check }) => check === 'no-hold')).toMatchObject({
    outcome: 'failed',
    says: 'An incident hold lies on cell cell: Disks fail',
    fix: { path: paths.holds() },
  })
  await catalog.db.hold.delete({ where: { id: hold.id } })
  await observe()
  await proveOnce(deps)
  expect((await read()).verdict.kind).toBe('risks')
})

test('a server that does not answer leaves its settings unknown, not equal', async () => {
  await observe()
  await proveOnce({ ...deps, endpointOf: (member) => ({ ...endpointOf(cell.fleet.member(member)), port: 1 }) })
  expect(await outcomes()).toMatchObject({ 'same-settings': 'unknown', backup: 'unknown' })
})

test('what if: by what the catalog knows, without asking anybody', async () => {
  await observe()
  const answer = await getWhatIf(ctx, { region: 'eu-west-1' })
  expect(answer.cells).toMatchObject([
    { cellId: 'cell', loses: 'writer', newWriter: 'cell-2', newRegion: 'eu-central-1' },
  ])
  await expect(getWhatIf(ctx, { region: 'xx-nowhere-1' })).rejects.toThrow('There is no region')
})

/** As the catalog stands an hour after a forced failover of the cell that went through. */
async function failedOver(code: string): Promise<string> {
  const id = randomUUID()
  const finishedAt = new Date(Date.now() - 3_600_000)
  const { id: personId } = await catalog.db.person.findFirstOrThrow()
  const plan = await catalog.db.operationPlan.create({
    data: {
      ...{ kind: 'forced-failover', scope: 'cell:cell', hash: 'f'.repeat(64), body: {} },
      ...{ createdBy: personId, expiresAt: finishedAt },
    },
  })
  await catalog.db.operation.create({
    data: {
      ...{ id, code, kind: 'forced-failover', workflowVersion: 1, scope: 'cell:cell' },
      ...{ planId: plan.id, startedBy: personId, status: 'done', finishedAt },
    },
  })
  return id
}

async function observe(): Promise<void> {
  const { db } = catalog
  await db.$executeRaw`DELETE FROM member_observation`
  await db.$executeRaw`
    INSERT INTO member_observation (member_id, state, role, system_identifier, timeline, lsn, receiver_status, upstream_member,
      gate_status, gate_epoch, gate_region, unprotected, prepared_count, clock_skew_ms, heartbeat_at, vantage_region, observed_at)
    SELECT m.id, 'reachable', m.role, '7300000000000000001', 1, '0/5000148', m.receiver, m.upstream,
      'WRITABLE', 1, 'eu-west-1', '{}', 0, 2.5, clock_timestamp(), 'eu-west-1', clock_timestamp()
    FROM (VALUES ('cell-1', 'primary', NULL, NULL), ('cell-2', 'standby', 'streaming', 'cell-1')) m(id, role, receiver, upstream)`
  const agent = {
    outcome: 'passed',
    says: 'The fleet answers.',
    facts: {},
    vantage: 'eu-west-1',
    checkedAt: new Date(),
  }
  const key = { cellId: 'cell', check: 'fencing-agent:cell-1' }
  await db.readinessEvidence.upsert({ where: { cellId_check: key }, create: { ...key, ...agent }, update: agent })
  await db.$executeRaw`
    INSERT INTO lag_sample (sampled_at, source_member, target_member, state, bytes, heartbeat_age_ms)
    VALUES (clock_timestamp(), 'cell-1', 'cell-2', 'streaming', 128, 700)`
  await db.$executeRaw`
    INSERT INTO probe_observation (vantage_region, member_id, kind, outcome, observed_at, outcome_since, last_ok_at)
    SELECT r, m, 'read', 'ok', clock_timestamp(), clock_timestamp(), clock_timestamp()
      FROM unnest(ARRAY['eu-west-1', 'eu-central-1']) r, unnest(ARRAY['cell-1', 'cell-2']) m
    ON CONFLICT (vantage_region, member_id, kind) DO UPDATE SET observed_at = excluded.observed_at, last_ok_at = excluded.last_ok_at`
}

async function seed(): Promise<void> {
  const { db } = catalog
  await declareCell(db, { scope: 'cell:cell' }, cell.fleet.members)
  for (const name of ['Ana', 'Ben', 'Ona']) {
    const { id } = await db.person.create({ data: { name, email: `${randomUUID()}@homeport.test` } })
    await db.roleGrant.create({ data: { personId: id, role: name === 'Ona' ? 'operator' : 'approver' } })
    await db.user.create({
      data: { id: randomUUID(), name, email: `${randomUUID()}@homeport.test`, twoFactorEnabled: true, personId: id },
    })
  }
}

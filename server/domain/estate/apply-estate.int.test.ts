import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { appendAudit, PLATFORM_TENANT_ID, transact } from '@/server/db'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { resolveRoute } from '../routes'
import { applyEstate } from './apply-estate'
import { createEndpoints } from './endpoints'
import type { EstateSpecInput } from './estate-spec'
import { findFencing } from './find-fencing'
import { getConsoleStatus } from './get-console-status'
import { getOverview } from './get-overview'
import { seedDemoTenants } from './seed-demo-tenants'

let catalog: TestCatalog
beforeAll(async () => {
  catalog = await startCatalog()
})
afterAll(() => catalog?.stop())

const places = { jkt: ['ap-southeast-3', 'ap-southeast-1'], sin: ['ap-southeast-1', 'ap-southeast-2'] } as const

function estate(): EstateSpecInput {
  const cells = Object.entries(places).map(([id, regions]) => ({
    id,
    name: id,
    engine: 'postgres' as const,
    database: 'app',
    admin: { user: 'homeport_admin', secret: 'env:HOMEPORT_TEST_ESTATE_ADMIN' },
    app: { user: 'app', secret: 'env:HOMEPORT_TEST_ESTATE_APP' },
    firstPrimary: `${id}-1`,
    members: regions.map((region, index) => ({
      id: `${id}-${index + 1}`,
      region,
      host: '127.0.0.1',
      port: 5_432 + index,
      paths: [{ vantage: 'eu-west-1', host: '127.0.0.1', port: 6_432 + index }],
    })),
  }))
  return { version: 1, cells, ...seedDemoTenants({ cells }) }
}

const apply = (spec: EstateSpecInput) =>
  applyEstate(catalog.db, spec, { actor: { kind: 'service', name: 'test' }, now: new Date(), servedFrom: 'eu-west-1' })
const events = () => catalog.db.globalAuditEvent.count({ where: { actionType: 'estate.applied' } })
const ctx = (role: 'viewer' | 'service'): Ctx => ({
  db: catalog.db,
  clock: systemClock,
  principal: { kind: 'service', name: 'test', roles: [role] },
  requestId: 'test',
  servedFrom: 'eu-west-1',
})

test('the same estate again changes nothing and writes no event', async () => {
  const first = await apply(estate())
  expect(first.says).toBe(
    '4 × region, 12 × link budget, 2 × cell, 4 × member, 4 × path, 2 × write epoch, 4 × policy, 98 × tenant',
  )
  expect(await events()).toBe(1)
  expect(await apply(estate())).toEqual({ changedCount: 0, says: 'Nothing to change.' })
  expect(await events()).toBe(1)
})

test('a write lease is given and taken back', async () => {
  const leaseOf = async () => (await catalog.db.cell.findUniqueOrThrow({ where: { id: 'sin' } })).writeLeaseMs
  const leased = estate()
  leased.cells.find(({ id }) => id === 'sin')!.writeLeaseMs = 3_000
  expect((await apply(leased)).says).toBe('1 × cell')
  expect(await leaseOf()).toBe(3_000)
  expect((await apply(estate())).says).toBe('1 × cell')
  expect(await leaseOf()).toBeNull()
})

test('an epoch that has moved is never touched, and neither is the home of a tenant', async () => {
  await catalog.db.regionWriteEpoch.update({
    where: { logicalScope: 'cell:sin' },
    data: { epoch: 2n, activeRegion: 'ap-southeast-2', activeMember: 'sin-2' },
  })
  await apply(estate())
  const epoch = await catalog.db.regionWriteEpoch.findUniqueOrThrow({ where: { logicalScope: 'cell:sin' } })
  expect(epoch).toMatchObject({ epoch: 2n, activeMember: 'sin-2' })
})

test('a changed policy gets a new version; a changed address is an address only', async () => {
  const changed = estate()
  changed.policies.find((policy) => policy.code === 'APAC')!.description = 'Somewhere else.'
  changed.cells[0]!.members[0]!.port = 7_000
  expect((await apply(changed)).says).toBe('1 × member, 1 × policy')
  expect(await catalog.db.residencyPolicy.findUnique({ where: { policyCode: 'APAC' } })).toMatchObject({ version: 2 })
  await apply(estate())
})

test('a capacity and the classes of data are declared, changed and taken back', async () => {
  const said = async () => {
    const { writesMax } = await catalog.db.cellMember.findUniqueOrThrow({ where: { id: 'sin-2' } })
    const { dataClasses } = await catalog.db.residencyPolicy.findUniqueOrThrow({ where: { policyCode: 'GLOBAL' } })
    return { writesMax, dataClasses }
  }
  const before = await said()
  const changed = estate()
  changed.cells.find(({ id }) => id === 'sin')!.members.find(({ id }) => id === 'sin-2')!.writesPerSecondMax = 750
  changed.policies = changed.policies.map((policy) =>
    policy.code === 'GLOBAL' ? { ...policy, dataClasses: ['case-data'] } : policy,
  )
  expect((await apply(changed)).says).toBe('1 × member, 1 × policy')
  expect(await said()).toEqual({ writesMax: 750, dataClasses: ['case-data'] })
  await apply(estate())
  expect(await said()).toEqual(before)
})

test('two appliers at once make one estate', async () => {
  const before = await events()
  const changed = estate()
  changed.cells[0]!.members[1]!.port = 7_100
  const applied = await Promise.all([apply(changed), apply(changed), apply(changed)])
  expect(applied.map((one) => one.changedCount).sort()).toEqual([0, 0, 1])
  expect(await events()).toBe(before + 1)
  await apply(estate())
})

test('a member cannot quietly become another server', async () => {
  const moved = estate()
  moved.cells[1]!.members[1]!.region = 'us-east-1'
  await expect(apply(moved)).rejects.toMatchObject({
    code: 'invalid-input',
    says: expect.stringContaining('sin-2 is declared in another'),
  })
})

test('a route names the writer, its address from the caller’s region, and both epochs', async () => {
  const tenant = await catalog.db.tenantRegionAssignment.findFirstOrThrow({ where: { cellId: 'sin' } })
  const route = await resolveRoute(ctx('service'), { tenantId: tenant.tenantId, from: 'eu-west-1' })
  expect(route).toMatchObject({
    tenantId: tenant.tenantId,
    homeRegion: 'ap-southeast-1',
    activeRegion: 'ap-southeast-2',
    cell: 'sin',
    endpoint: { member: 'sin-2', host: '127.0.0.1', port: 6_433, database: 'app' },
    scope: 'cell:sin',
    scopeEpoch: '2',
    regionEpoch: '1',
    status: 'ACTIVE',
  })
  const near = await resolveRoute(ctx('service'), { tenantId: tenant.tenantId })
  expect(near.endpoint.port).toBe(5_433)
})

test('an unknown tenant has no route, and a viewer without the role has none either', async () => {
  const tenantId = '00000000-0000-4000-8000-000000000000'
  await expect(resolveRoute(ctx('service'), { tenantId })).rejects.toMatchObject({ code: 'not-found' })
  await expect(resolveRoute({ ...ctx('service'), principal: null }, { tenantId })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(getOverview(ctx('service'))).rejects.toMatchObject({ code: 'forbidden' })
})

test('an estate that nobody has looked at yet is unknown everywhere: no zero, no green', async () => {
  const overview = await getOverview(ctx('viewer'))
  expect(overview.verdict).toMatchObject({ status: 'unknown', summary: 'Nothing has been checked yet.' })
  expect(new Set(overview.regions.map((region) => region.status))).toEqual(new Set(['unknown']))
  expect(new Set(overview.cells.map((cell) => cell.status))).toEqual(new Set(['unknown']))
  expect(overview.cells.flatMap((cell) => cell.lag).map((lag) => [lag.bytes, lag.heartbeatAgeMs, lag.status])).toEqual([
    [null, null, 'unknown'],
    [null, null, 'unknown'],
  ])
  expect(new Set(overview.links.map((link) => link.state))).toEqual(new Set(['not-established', 'probe-missing']))
  expect(overview.links.every((link) => link.ratio === null && link.requestsPerSecond === null)).toBe(true)
  expect(overview.events[0]).toMatchObject({ action: 'estate.applied', actor: 'test' })
})

test('a cell that has moved is away from the home of its tenants', async () => {
  const { cells } = await getOverview(ctx('viewer'))
  expect(cells.map(({ id, activeRegion, homeRegion }) => ({ id, activeRegion, homeRegion }))).toEqual([
    { id: 'jkt', activeRegion: 'ap-southeast-3', homeRegion: 'ap-southeast-3' },
    { id: 'sin', activeRegion: 'ap-southeast-2', homeRegion: 'ap-southeast-1' },
  ])
})

test('denials do not crowd out what happened to the estate', async () => {
  await transact(catalog.db, (tx) =>
    appendAudit(tx, {
      actor: { kind: 'service', name: 'curious' },
      action: 'access.denied',
      aggregateType: 'service',
      aggregateId: PLATFORM_TENANT_ID,
      homeRegion: 'eu-west-1',
      correlationId: 'test',
      occurredAt: new Date(),
      detail: { procedure: 'audit.export', permission: 'audit:export' },
    }),
  )
  const { events } = await getOverview(ctx('viewer'))
  expect(events.map(({ action }) => action)).not.toContain('access.denied')
  expect(events.length).toBeGreaterThan(0)
})

test('how a cell is fenced is kept as declared, with its secrets as names', async () => {
  const secret = { header: 'authorization', value: 'env:HOMEPORT_TEST_AGENT' }
  const http = { kind: 'http' as const, url: 'https://agent.example/{member}', secret }
  const spec = estate()
  spec.cells[0]!.fencing = http
  spec.cells[1]!.fencing = { kind: 'command', argv: ['/usr/local/bin/fence', '{action}', '{member}'] }
  await apply(spec)
  expect(await findFencing(catalog.db, 'jkt-2')).toEqual({ ...http, method: 'POST', timeoutMs: 10_000 })
  expect(await findFencing(catalog.db, 'sin-1')).toMatchObject({ kind: 'command', secrets: {} })
  expect(await apply(spec)).toMatchObject({ changedCount: 0 })
  for (const wrong of [
    { ...http, secret: { ...secret, value: 'hunter2' } },
    { ...http, secret: { ...secret, header: 'Host' } },
    { ...http, url: 'https://agent.example/all' },
    { kind: 'command' as const, argv: ['fence', '{member}'] },
    { kind: 'command' as const, argv: ['/bin/{member}'] },
  ]) {
    spec.cells[0]!.fencing = wrong
    await expect(apply(spec), JSON.stringify(wrong)).rejects.toMatchObject({ code: 'invalid-input' })
  }
  await apply(estate())
  expect(await findFencing(catalog.db, 'jkt-2')).toBeNull()
  expect(await findFencing(catalog.db, 'nobody')).toBeNull()
})

test('the console’s own health says that the catalog answers, and says so when it does not', async () => {
  const served = { ...ctx('viewer'), build: 'b-1', environment: 'DEMO' }
  expect(await getConsoleStatus(served)).toMatchObject({ catalog: { reachable: true }, audit: { lastSeq: null } })
  const broken = Object.assign(Object.create(catalog.db), { $queryRaw: () => Promise.reject(new Error('gone')) })
  expect(await getConsoleStatus({ ...served, db: broken })).toMatchObject({
    catalog: { reachable: false },
    processes: [],
  })
})

test('an endpoint has its secrets, by vantage; a missing secret is a sentence and leaks nothing', async () => {
  process.env.HOMEPORT_TEST_ESTATE_ADMIN = 'canary-admin-secret'
  const endpoints = createEndpoints(catalog.db, systemClock)
  await expect(endpoints.endpoint('jkt-1', 'eu-west-1')).rejects.toMatchObject({
    code: 'unavailable',
    says: expect.not.stringContaining('canary'),
  })
  process.env.HOMEPORT_TEST_ESTATE_APP = 'canary-app-secret'
  const later = createEndpoints(catalog.db, systemClock)
  expect(await later.endpoint('jkt-1', 'eu-west-1')).toMatchObject({
    port: 6_432,
    app: { user: 'app', password: 'canary-app-secret' },
  })
  expect(await later.endpoint('jkt-1', 'ap-southeast-3')).toMatchObject({ port: 5_432 })
  expect(JSON.stringify(await catalog.db.cell.findMany())).not.toContain('canary')
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import { endSchedule, getDrill, listDrillHistory, listDrills, runSchedules, scheduleDrill } from './index'
import { DUE_MAX } from './limits'

/** Schedules against a real catalog: drills on clones start by themselves, drills on the live cell are told of and never started. */
let catalog: TestCatalog
let operator: Ctx
beforeAll(async () => {
  catalog = await startCatalog()
  await seed()
})
afterAll(() => catalog?.stop())
beforeEach(async () => {
  await catalog.db.$executeRaw`UPDATE drill_schedule SET ended_at = now() WHERE ended_at IS NULL`
  await catalog.db
    .$executeRaw`UPDATE operation SET status = 'undone', finished_at = now() WHERE status NOT IN ('done', 'undone')`
  await observe()
})

const run = () => runSchedules(catalog.db, 'eu-west-1')
const operations = () => catalog.db.operation.findMany({ include: { plan: true }, orderBy: { createdAt: 'desc' } })

test('a drill on a clone that is due starts once, in the name of whoever scheduled it, and nothing live is named', async () => {
  await scheduleDrill(operator, { cellId: 'sin', kind: 'drill-clone', everyDays: 7 })
  const [first, second] = await Promise.all([run(), run()])
  expect(first.startedCount + second.startedCount, 'of two workers one').toBe(1)
  expect(await run(), 'the next try is an hour away').toEqual({ startedCount: 0, toldCount: 0 })
  const [started] = await operations()
  expect(started).toMatchObject({
    kind: 'drill-clone',
    scope: 'drill:sin',
    requestId: null,
    startedBy: personOf(operator),
  })
  expect(started?.plan.body).toMatchObject({ target: { member: 'sin-2' }, rtoObjectiveMs: 60_000 })
  expect(await getDrill(operator, { id: started!.id })).toMatchObject({
    outcome: 'running',
    cellId: 'sin',
    isMet: null,
  })
  const { runs } = await listDrillHistory(operator, { cellId: 'sin' })
  expect(runs.map(({ id }) => id)).toContain(started!.id)
})

test('a drill on the live cell that is due is told of, once, and never starts', async () => {
  const before = (await operations()).length
  await scheduleDrill(operator, { cellId: 'sin', kind: 'drill-switchover', everyDays: 90 })
  expect(await run()).toEqual({ startedCount: 0, toldCount: 1 })
  expect(await run()).toEqual({ startedCount: 0, toldCount: 0 })
  expect((await operations()).length).toBe(before)
  const news = await catalog.db.notification.findMany({ where: { topic: 'drill.due' } })
  expect(news.map(({ text }) => text)).toEqual([expect.stringContaining('has to be asked for and approved')])
  const { places } = await listDrills(operator)
  expect(places.find(({ kind }) => kind === 'drill-switchover')).toMatchObject({
    lastRun: null,
    schedule: { everyDays: 90, isDue: true, placedBy: { name: 'Ona' } },
  })
  expect(places[0], 'never drilled first').toMatchObject({ kind: 'drill-switchover' })
})

test('a cell in no state to be copied is not drilled, and its schedule waits', async () => {
  await catalog.db.$executeRaw`UPDATE member_observation SET receiver_status = NULL WHERE member_id = 'sin-2'`
  const { id } = await scheduleDrill(operator, { cellId: 'sin', kind: 'drill-clone', everyDays: 1 })
  expect(await run()).toEqual({ startedCount: 0, toldCount: 0 })
  await observe()
  expect(await run(), 'the refused start changed nothing').toEqual({ startedCount: 1, toldCount: 0 })
  await endSchedule(operator, { id })
  await expect(endSchedule(operator, { id })).rejects.toThrow('has ended')
  const audit = await catalog.db.globalAuditEvent.findMany({
    where: { aggregateId: id },
    orderBy: { recordedAt: 'asc' },
  })
  expect(audit.map(({ actionType }) => actionType)).toEqual(['drill.scheduled', 'drill.schedule-ended'])
})

test('another period takes the place of the earlier one', async () => {
  for (const everyDays of [7, 30]) await scheduleDrill(operator, { cellId: 'sin', kind: 'drill-clone', everyDays })
  const open = await catalog.db.drillSchedule.findMany({ where: { endedAt: null } })
  expect(open.map(({ everyDays }) => everyDays)).toEqual([30])
})

test('a drill that the law forbids is not scheduled, and one whose law came later is not asked for', async () => {
  await scheduleDrill(operator, { cellId: 'sin', kind: 'drill-switchover', everyDays: 90 })
  await keepHome()
  expect(await run()).toEqual({ startedCount: 0, toldCount: 0 })
  const { places } = await listDrills(operator)
  expect(places.find(({ kind }) => kind === 'drill-switchover')).toMatchObject({
    whyNot: 'sin has nowhere to go: SG-ONLY keeps 1 tenant out of ap-southeast-2.',
    schedule: { isDue: false },
  })
  expect(places.find(({ kind }) => kind === 'drill-clone')).toMatchObject({ whyNot: null })
  await expect(scheduleDrill(operator, { cellId: 'sin', kind: 'drill-switchover', everyDays: 30 })).rejects.toThrow(
    'SG-ONLY keeps 1 tenant out of ap-southeast-2',
  )
  await scheduleDrill(operator, { cellId: 'sin', kind: 'drill-clone', everyDays: 7 })
})

test('who may not run drills schedules none', async () => {
  const viewer: Ctx = { ...operator, principal: { ...operator.principal!, roles: ['viewer'] } as Ctx['principal'] }
  await expect(scheduleDrill(viewer, { cellId: 'sin', kind: 'drill-clone', everyDays: 7 })).rejects.toThrow('operator')
  await expect(scheduleDrill(operator, { cellId: 'nowhere', kind: 'drill-clone', everyDays: 7 })).rejects.toThrow(
    'no cell',
  )
})

test('drills on live cells that wait for people, or for another law, keep no other drill from its turn', async () => {
  const { db } = catalog
  const waiting = Array.from({ length: DUE_MAX + 1 }, (_, index) => `far-${index}`)
  const barred = Array.from({ length: DUE_MAX }, (_, index) => `lone-${index}`)
  for (const id of barred) await declareCell(db, { scope: `cell:${id}` }, [])
  await db.drillSchedule.createMany({
    data: [...barred, ...waiting].map((cellId) => ({
      cellId,
      kind: 'drill-switchover',
      everyDays: 90,
      nextAt: new Date(Date.now() - 86_400_000),
      placedBy: personOf(operator)!,
    })),
  })
  await scheduleDrill(operator, { cellId: 'sin', kind: 'drill-clone', everyDays: 7 })
  expect(await run()).toEqual({ startedCount: 1, toldCount: DUE_MAX })
  expect(await run(), 'those who were told are not told again before the others').toMatchObject({ toldCount: 1 })
  expect(await run()).toMatchObject({ toldCount: 0 })
})

function personOf({ principal }: Ctx): string | null {
  return principal?.kind === 'person' ? principal.personId : null
}

/** From now on a tenant of sin may be served from where it is alone; until the catalog is thrown away. */
async function keepHome(): Promise<void> {
  const { db } = catalog
  await db.residencyPolicy.create({
    data: {
      policyCode: 'SG-ONLY',
      allowedRegions: ['ap-southeast-1'],
      backupRegions: [],
      analyticsAllowed: false,
      crossBorderExportAllowed: false,
      description: 'Singapore alone.',
      effectiveFrom: new Date('2026-01-01'),
    },
  })
  await db.tenantRegionAssignment.create({
    data: {
      tenantId: randomUUID(),
      name: 'Kept',
      cellId: 'sin',
      homeRegion: 'ap-southeast-1',
      residencyPolicy: 'SG-ONLY',
      status: 'ACTIVE',
    },
  })
}

async function observe(): Promise<void> {
  const { db } = catalog
  await db.$executeRaw`DELETE FROM member_observation`
  await db.$executeRaw`
    INSERT INTO member_observation (member_id, state, role, system_identifier, timeline, lsn, receiver_status, upstream_member,
      gate_status, gate_epoch, gate_region, unprotected, prepared_count, clock_skew_ms, vantage_region, observed_at)
    SELECT m.id, 'reachable', m.role, '7300000000000000001', 1, '0/5000148', m.receiver, m.upstream,
      'WRITABLE', 1, 'ap-southeast-1', '{}', 0, 2.5, 'eu-west-1', clock_timestamp()
    FROM (VALUES ('sin-1', 'primary', NULL, NULL), ('sin-2', 'standby', 'streaming', 'sin-1')) m(id, role, receiver, upstream)`
}

async function seed(): Promise<void> {
  const { db } = catalog
  const servers = ['ap-southeast-1', 'ap-southeast-2'].map((region, index) => ({
    name: `sin-${index + 1}`,
    region,
    host: '127.0.0.1',
    port: index + 1,
  }))
  await declareCell(db, { scope: 'cell:sin' }, servers)
  const { id } = await db.person.create({ data: { name: 'Ona', email: `${randomUUID()}@homeport.test` } })
  await db.roleGrant.create({ data: { personId: id, role: 'operator' } })
  operator = {
    db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: { kind: 'person', personId: id, name: 'Ona', roles: ['operator'], sessionId: 's', steppedUpAt: null },
  }
}

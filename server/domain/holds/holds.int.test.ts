import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DomainError } from '@/model/errors'
import type { Role } from '@/model/permissions'
import type { PlaceHold } from '@/model/schemas/holds'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { cellBasics, startCatalog, type TestCatalog } from '@/server/db/testing'
import { holdsOn, listHolds, placeHold, releaseHold } from './index'

let catalog: TestCatalog
let operator: Ctx
let approver: Ctx
let tenantId: string

beforeAll(async () => {
  catalog = await startCatalog()
  operator = await ctxOf('Ona Operator', 'operator')
  approver = await ctxOf('Ada Approver', 'approver')
  tenantId = await seed()
})
afterAll(() => catalog?.stop())
afterEach(() => catalog.db.hold.deleteMany())

const hold = (change: Partial<PlaceHold> = {}): PlaceHold => ({
  kind: 'incident',
  level: 'cell',
  subject: 'sin',
  reason: 'Disks are failing in the host of sin-1.',
  ...change,
})
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    (error: unknown) => (error instanceof DomainError ? `${error.code}: ${error.says}` : Promise.reject(error)),
  )
const subjects = async (asked: Parameters<typeof holdsOn>[1]) =>
  (await holdsOn(catalog.db, asked)).map(({ level, subject }) => `${level} ${subject}`)

test('a hold concerns the operations of its region, its cell, or its tenant’s cell, and no others', async () => {
  await placeHold(operator, hold())
  await placeHold(operator, hold({ level: 'region', subject: 'eu-west-1' }))
  await placeHold(operator, hold({ level: 'tenant', subject: tenantId }))
  expect(await subjects({ cellId: 'sin', regions: ['ap-southeast-1'] })).toEqual(['cell sin', `tenant ${tenantId}`])
  expect(await subjects({ cellId: 'fra', regions: ['eu-central-1', 'eu-west-1'] })).toEqual(['region eu-west-1'])
  expect(await subjects({ cellId: 'fra', regions: ['eu-central-1'] })).toEqual([])
})

test('it ends by the catalog’s clock, or when somebody with a reason releases it, and then another may be placed', async () => {
  const { id } = await placeHold(operator, hold({ endsAt: new Date(Date.now() + 3_600_000).toISOString() }))
  expect(await refusal(placeHold(operator, hold()))).toMatch(/^conflict: A hold for incident on this cell is open/)
  await catalog.db.$executeRaw`
    UPDATE hold SET placed_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' WHERE id = ${id}::uuid`
  expect(await subjects({ cellId: 'sin', regions: [] })).toEqual([])
  expect(await listHolds(operator, { status: 'all' })).toMatchObject([{ id, state: 'ended' }])
  expect(await refusal(releaseHold(operator, { id, reason: 'Over.' }))).toMatch(/^conflict: This hold is over/)
  const second = await placeHold(operator, hold())
  await releaseHold(operator, { id: second.id, reason: 'Disks replaced.' })
  expect(await listHolds(operator, { status: 'active' })).toEqual([])
  expect((await listHolds(operator, { status: 'all' }))[0]).toMatchObject({
    state: 'released',
    releasedBy: { name: 'Ona Operator' },
    releaseReason: 'Disks replaced.',
  })
})

test('20 at once are one hold, and 20 releases are one', async () => {
  const placed = await Promise.all(Array.from({ length: 20 }, () => refusal(placeHold(operator, hold()))))
  expect(placed.filter((outcome) => outcome === 'it was done')).toHaveLength(1)
  const [{ id } = { id: '' }] = await listHolds(operator, { status: 'active' })
  const released = await Promise.all(
    Array.from({ length: 20 }, () => refusal(releaseHold(operator, { id, reason: 'Over.' }))),
  )
  expect(released.filter((outcome) => outcome === 'it was done')).toHaveLength(1)
  const actions = await catalog.db.globalAuditEvent.findMany({
    where: { correlationId: id },
    orderBy: { recordedAt: 'asc' },
  })
  expect(actions.map(({ actionType }) => actionType)).toEqual(['hold.placed', 'hold.released'])
})

test.each<[string, Partial<PlaceHold>, RegExp]>([
  ['a region nobody has', { level: 'region', subject: 'xx-nowhere-1' }, /^not-found: There is no region/],
  ['a cell nobody has', { subject: 'nowhere' }, /^not-found: There is no cell/],
  ['a tenant nobody has', { level: 'tenant', subject: randomUUID() }, /^not-found: There is no tenant/],
  ['something that is no tenant', { level: 'tenant', subject: "' OR true --" }, /^not-found: There is no tenant/],
  ['an end in the past', { endsAt: '2020-01-01T00:00:00Z' }, /^invalid-input: A hold must end in the future/],
  ['an end that nobody will see', { endsAt: '9999-12-31T00:00:00Z' }, /^invalid-input: A hold ends within a year/],
])('%s is refused', async (_what, change, says) => {
  expect(await refusal(placeHold(operator, hold(change)))).toMatch(says)
})

test('an approver may look at holds and neither place nor release one', async () => {
  const { id } = await placeHold(operator, hold())
  expect(await refusal(placeHold(approver, hold({ kind: 'maintenance' })))).toMatch(/^forbidden/)
  expect(await refusal(releaseHold(approver, { id, reason: 'Over.' }))).toMatch(/^forbidden/)
  expect(await listHolds(approver, { status: 'active' })).toHaveLength(1)
})

async function ctxOf(name: string, role: Role): Promise<Ctx> {
  const { id: personId } = await catalog.db.person.create({ data: { name, email: `${randomUUID()}@homeport.test` } })
  return {
    db: catalog.db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: {
      kind: 'person',
      personId,
      name,
      roles: [role],
      sessionId: `session-${personId}`,
      steppedUpAt: new Date(),
    },
  }
}

async function seed(): Promise<string> {
  const { db } = catalog
  const place = { country: 'XX', jurisdiction: 'XX', inEea: false, lat: 0, lon: 0 }
  await db.region.createMany({
    data: ['ap-southeast-1', 'eu-central-1', 'eu-west-1'].map((code) => ({ code, city: code, ...place })),
  })
  await db.cell.create({
    data: {
      id: 'sin',
      name: 'Singapore',
      scope: 'cell:sin',
      ...cellBasics,
    },
  })
  await db.residencyPolicy.create({
    data: {
      policyCode: 'ANY',
      allowedRegions: [],
      backupRegions: [],
      analyticsAllowed: false,
      crossBorderExportAllowed: false,
      description: 'Any.',
      effectiveFrom: new Date('2020-01-01'),
    },
  })
  const { tenantId: id } = await db.tenantRegionAssignment.create({
    data: {
      tenantId: randomUUID(),
      name: 'Acme',
      homeRegion: 'ap-southeast-1',
      residencyPolicy: 'ANY',
      status: 'ACTIVE',
      cellId: 'sin',
    },
  })
  return id
}

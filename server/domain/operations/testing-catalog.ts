import { randomUUID } from 'node:crypto'
import type { Role } from '@/model/permissions'
import { systemClock } from '@/server/clock'
import type { Ctx, Principal } from '@/server/context'
import type { Db } from '@/server/db'
import { cellBasics, startCatalog, type TestCatalog } from '@/server/db/testing'
import { COOL_DOWN_MS } from './limits'

export type TestPerson = { id: string; name: string; role: Role }

/** A real catalog with one calm cell, sin (sin-1 writes, sin-2 follows), and people who may ask and decide. */
export type CalmCatalog = TestCatalog & {
  scope: string
  people: { operator: TestPerson; approver: TestPerson; second: TestPerson; viewer: TestPerson }
  ctxOf(person: TestPerson, change?: Partial<Extract<Principal, { kind: 'person' }>>): Ctx
  addPerson(name: string, role: Role): Promise<TestPerson>
  /** What the collectors would write: both servers as they should be, seen just now. */
  observe(): Promise<void>
  /** Ends whatever waits or runs, and the rest after it, so that the next test starts anew. */
  settle(): Promise<void>
}

export async function startCalmCatalog(): Promise<CalmCatalog> {
  const catalog = await startCatalog()
  const { db } = catalog
  await seedCell(db)
  const addPerson = (name: string, role: Role) => createPerson(db, name, role)
  const people = {
    operator: await addPerson('Ona Operator', 'operator'),
    approver: await addPerson('Ada Approver', 'approver'),
    second: await addPerson('Ben Approver', 'approver'),
    viewer: await addPerson('Vic Viewer', 'viewer'),
  }
  const observe = () => observeCalm(db)
  await observe()
  return {
    ...catalog,
    scope: 'cell:sin',
    people,
    addPerson,
    observe,
    ctxOf: (person, change = {}) => ctxOf(db, person, change),
    settle: () => settle(db),
  }
}

function ctxOf(db: Db, person: TestPerson, change: Partial<Extract<Principal, { kind: 'person' }>>): Ctx {
  return {
    db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: {
      kind: 'person',
      personId: person.id,
      name: person.name,
      roles: [person.role],
      sessionId: `session-${person.id}`,
      steppedUpAt: new Date(),
      ...change,
    },
  }
}

async function createPerson(db: Db, name: string, role: Role): Promise<TestPerson> {
  const { id } = await db.person.create({ data: { name, email: `${randomUUID()}@homeport.test` } })
  await db.roleGrant.create({ data: { personId: id, role, grantedAt: new Date(Date.now() - 3_600_000) } })
  return { id, name, role }
}

async function seedCell(db: Db): Promise<void> {
  const place = { country: 'XX', jurisdiction: 'XX', inEea: false, lat: 0, lon: 0 }
  await db.region.createMany({
    data: [
      { code: 'ap-southeast-1', city: 'Singapore', ...place },
      { code: 'ap-southeast-2', city: 'Sydney', ...place },
      { code: 'eu-west-1', city: 'Dublin', ...place },
    ],
  })
  await db.cell.create({
    data: {
      id: 'sin',
      name: 'Singapore',
      scope: 'cell:sin',
      ...cellBasics,
      members: {
        create: [
          { id: 'sin-1', regionCode: 'ap-southeast-1', host: '127.0.0.1', port: 1 },
          { id: 'sin-2', regionCode: 'ap-southeast-2', host: '127.0.0.1', port: 2 },
        ],
      },
    },
  })
  await db.regionWriteEpoch.create({
    data: {
      logicalScope: 'cell:sin',
      activeRegion: 'ap-southeast-1',
      activeMember: 'sin-1',
      epoch: 7n,
      status: 'WRITABLE',
    },
  })
  await db.residencyPolicy.create({
    data: {
      policyCode: 'APAC',
      allowedRegions: ['ap-southeast-1', 'ap-southeast-2'],
      backupRegions: [],
      analyticsAllowed: false,
      crossBorderExportAllowed: false,
      description: 'Asia and the Pacific.',
      effectiveFrom: new Date('2020-01-01'),
    },
  })
  await db.tenantRegionAssignment.createMany({
    data: ['Acme', 'Borealis', 'Cordoba'].map((name) => ({
      tenantId: randomUUID(),
      name,
      homeRegion: 'ap-southeast-1',
      residencyPolicy: 'APAC',
      status: 'ACTIVE',
      cellId: 'sin',
    })),
  })
}

async function observeCalm(db: Db): Promise<void> {
  await db.$executeRaw`DELETE FROM member_observation`
  await db.$executeRaw`
    INSERT INTO member_observation (member_id, state, role, system_identifier, timeline, lsn, receiver_status, upstream_member,
      gate_status, gate_epoch, gate_region, unprotected, prepared_count, clock_skew_ms, vantage_region, observed_at)
    SELECT m.id, 'reachable', m.role, '7300000000000000001', 1, '0/5000148', m.receiver, m.upstream,
      'WRITABLE', e.epoch, e.active_region, '{}', 0, 2.5, 'eu-west-1', clock_timestamp()
    FROM (VALUES ('sin-1', 'primary', NULL, NULL), ('sin-2', 'standby', 'streaming', 'sin-1')) m(id, role, receiver, upstream),
      region_write_epoch e WHERE e.logical_scope = 'cell:sin'`
  await db.$executeRaw`
    INSERT INTO lag_sample (sampled_at, source_member, target_member, state, bytes, heartbeat_age_ms)
    VALUES (clock_timestamp(), 'sin-1', 'sin-2', 'streaming', 128, 700) ON CONFLICT DO NOTHING`
}

async function settle(db: Db): Promise<void> {
  await db.$executeRaw`UPDATE operation_request SET status = 'withdrawn', closed_at = now() WHERE status = 'waiting'`
  const rested = `${COOL_DOWN_MS + 60_000} milliseconds`
  await db.$executeRaw`
    UPDATE operation SET status = 'undone', finished_at = now() - ${rested}::interval WHERE status NOT IN ('done', 'undone')`
  await observeCalm(db)
}

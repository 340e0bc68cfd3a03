import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { installGate, readGate, setTenantGate, type TenantStatus } from './index'
import {
  beginCommand,
  countRecords,
  createGatedDatabase,
  EPOCH,
  type GatedDatabase,
  type Isolation,
  insertRecord,
  isSomebodyWaiting,
  LOCK_TIMEOUT_MS,
  outcomeFrom,
  REGION_EPOCH,
  runCommand,
} from './testing'
import { listUnprotected } from './testing-commands'

const ISOLATIONS: Isolation[] = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']

let server: TestServer
let gated: GatedDatabase
let app: Client

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  gated = await createGatedDatabase(server)
  app = await gated.connect('app')
})
afterEach(() => gated?.close())

const place = (tenantId: string, status: Exclude<TenantStatus, 'MOVED'> = 'ACTIVE', regionEpoch = REGION_EPOCH) =>
  setTenantGate(gated.admin, { tenantId, regionEpoch, status, lockTimeoutMs: LOCK_TIMEOUT_MS })

/** Leaves the tenant of the database as the only one with a ticket, and places another. */
async function placeWithoutTicket(): Promise<string> {
  await gated.admin.query(
    `CREATE OR REPLACE FUNCTION homeport.tenant_tickets_max() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'`,
  )
  const tenantId = randomUUID()
  await place(tenantId)
  expect(await tenantsWithTicket()).toEqual([gated.tenantId])
  return tenantId
}

async function tenantsWithTicket(): Promise<string[]> {
  const { rows } = await gated.admin.query<{ id: string }>(
    `SELECT tenant_id AS id FROM homeport.tenant_gate WHERE has_ticket AND to_regclass('homeport.' || tenant_id) IS NOT NULL`,
  )
  return rows.map(({ id }) => id)
}

// Guarantee: a tenant past the number that have tickets is locked as well, in another way.
describe.each(ISOLATIONS)('a tenant without a ticket, at %s', (isolation) => {
  test('is written, and is refused once it is frozen, also through an old snapshot', async () => {
    const tenantId = await placeWithoutTicket()
    const [early, late, freezer] = await Promise.all([
      gated.connect('app'),
      gated.connect('app'),
      gated.connect('admin'),
    ])
    await beginCommand(early, { isolation })
    await early.query(insertRecord(tenantId))
    await beginCommand(late, { isolation })
    await late.query('SELECT count(*) FROM record')

    const frozen = setTenantGate(freezer, {
      tenantId,
      regionEpoch: REGION_EPOCH,
      status: 'FROZEN',
      lockTimeoutMs: LOCK_TIMEOUT_MS,
    })
    await expect.poll(() => isSomebodyWaiting(gated.admin)).toBe(true)
    await early.query('COMMIT')
    await frozen
    expect(await outcomeFrom(late.query(insertRecord(tenantId)))).toBe(
      isolation === 'READ COMMITTED' ? 'TENANT_FROZEN' : 'retry',
    )
    expect(await runCommand(app, insertRecord(gated.tenantId), { isolation }), 'another tenant').toBe('done')
  })

  test('that gets its ticket waits for writers who hold the other lock, and lets none through on that lock alone', async () => {
    const tenantId = await placeWithoutTicket()
    const [early, late, installer] = await Promise.all([
      gated.connect('app'),
      gated.connect('app'),
      gated.connect('admin'),
    ])
    await beginCommand(early, { isolation })
    await early.query(insertRecord(tenantId))
    await beginCommand(late, { isolation })
    await late.query('SELECT count(*) FROM record')
    await gated.admin.query(`UPDATE homeport.package_version SET source_hash = 'of an older build'`)
    const installed = installGate(installer)
    await expect.poll(() => isSomebodyWaiting(gated.admin)).toBe(true)
    const insert = outcomeFrom(late.query(insertRecord(tenantId)))
    await early.query('COMMIT')
    await installed
    expect(['done', 'retry']).toContain(await insert)
    expect(await tenantsWithTicket()).toHaveLength(2)

    await late.query('ROLLBACK')
    expect(await runCommand(app, insertRecord(tenantId), { isolation })).toBe('done')
    await place(tenantId, 'FROZEN')
    expect(await runCommand(app, insertRecord(tenantId), { isolation })).toBe('TENANT_FROZEN')
  })
})

test('a tenant without a ticket is refused for the same reasons', async () => {
  const tenantId = await placeWithoutTicket()
  const statements = [insertRecord(tenantId), `UPDATE record SET body = body WHERE tenant_id = '${tenantId}'`]
  for (const sql of statements) {
    expect(await runCommand(app, sql)).toBe('done')
    expect(await runCommand(app, sql, { scopeEpoch: '1' })).toBe('STALE_SCOPE_EPOCH')
    expect(await runCommand(app, sql, { regionEpoch: String(REGION_EPOCH + 1) })).toBe('STALE_REGION_EPOCH')
  }
})

test('a tenant holds up only its own freeze, not that of another', async () => {
  const other = randomUUID()
  await place(other)
  await beginCommand(app)
  await app.query(insertRecord(gated.tenantId))
  await place(other, 'FROZEN')
  expect(await outcomeFrom(setTenantGate(gated.admin, frozenSoon(gated.tenantId)))).toBe('SQLSTATE 55P03')
  await app.query('COMMIT')
})

test('a change of a tenant that rolls back was never seen', async () => {
  await gated.admin.query('BEGIN')
  await gated.admin.query(`SELECT homeport.set_tenant_gate($1, $2, 'FROZEN')`, [gated.tenantId, REGION_EPOCH])
  await gated.admin.query('ROLLBACK')
  expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
})

test('placing one tenant from two sides at once places it once', async () => {
  const tenantId = randomUUID()
  const sides = await Promise.all([gated.connect('admin'), gated.connect('admin')])
  const change = { tenantId, regionEpoch: REGION_EPOCH, status: 'ACTIVE', lockTimeoutMs: LOCK_TIMEOUT_MS } as const
  await Promise.all(sides.map((side) => setTenantGate(side, change)))
  expect(await runCommand(app, insertRecord(tenantId))).toBe('done')
})

test('an epoch counts letter by letter, however it is dressed up', async () => {
  const { rows } = await gated.admin.query<{ ticket: string }>(
    `SELECT pg_sequence_last_value('homeport.write_ticket')::text AS ticket`,
  )
  for (const scopeEpoch of [`0${EPOCH}`, ` ${EPOCH}`, `${EPOCH} `, `+${EPOCH}`, `${EPOCH}.0`, rows[0]!.ticket]) {
    expect(await runCommand(app, insertRecord(gated.tenantId), { scopeEpoch }), scopeEpoch).toBe('STALE_SCOPE_EPOCH')
  }
  for (const regionEpoch of [`0${REGION_EPOCH}`, ` ${REGION_EPOCH}`, `+${REGION_EPOCH}`]) {
    expect(await runCommand(app, insertRecord(gated.tenantId), { regionEpoch }), regionEpoch).toBe('STALE_REGION_EPOCH')
  }
})

test('the application can neither read nor move a ticket', async () => {
  for (const sequence of ['write_ticket', `"${gated.tenantId}"`]) {
    for (const attack of [
      `SELECT last_value FROM homeport.${sequence}`,
      `SELECT nextval('homeport.${sequence}')`,
      `SELECT setval('homeport.${sequence}', 1)`,
      `ALTER SEQUENCE homeport.${sequence} RESTART`,
    ]) {
      expect(await outcomeFrom(app.query(attack)), attack).toBe('SQLSTATE 42501')
    }
  }
  expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
})

test('an estate of the first build is brought up to date in place, with its gate open', async () => {
  const frozen = randomUUID()
  await place(frozen, 'FROZEN')
  // What that build left behind: tickets of the cell alone, written in another way, and tenants that have none.
  await gated.admin.query(`DROP SEQUENCE homeport."${gated.tenantId}", homeport."${frozen}";
    DROP TRIGGER place ON homeport.tenant_gate; DROP TRIGGER publish ON homeport.tenant_gate;
    ALTER TABLE homeport.tenant_gate DROP COLUMN has_ticket;
    ALTER SEQUENCE homeport.write_ticket MINVALUE 1 RESTART;
    SELECT setval('homeport.write_ticket', ('${EPOCH}' || 10000000000 + (hashtext(current_setting('cluster_name'))::bigint & 4294967295))::bigint);
    UPDATE homeport.package_version SET source_hash = 'of the first build'`)
  const before = await readGate(gated.admin)
  await installGate(gated.admin, { scope: gated.opened.scope, grantees: ['app'] })
  expect((await readGate(gated.admin)).gate).toEqual(before.gate)
  expect((await tenantsWithTicket()).sort()).toEqual([gated.tenantId, frozen].sort())
  expect(await listUnprotected(gated.admin)).toEqual([])
  const session = await gated.connect('app')
  expect(await runCommand(session, insertRecord(gated.tenantId))).toBe('done')
  expect(await runCommand(session, insertRecord(frozen))).toBe('TENANT_FROZEN')
  expect(await countRecords(gated.admin)).toBe(1)
})

const frozenSoon = (tenantId: string) =>
  ({ tenantId, regionEpoch: REGION_EPOCH, status: 'FROZEN', lockTimeoutMs: 200 }) as const

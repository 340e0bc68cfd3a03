import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { GATE_VERSION, installGate, openGate, protectTable, readGate, unprotectTable } from './index'
import {
  connectTo,
  createGatedDatabase,
  EPOCH,
  type GatedDatabase,
  insertRecord,
  outcomeFrom,
  REGION,
  runCommand,
} from './testing'
import { fenceGate, listUnprotected } from './testing-commands'

let server: TestServer
let gated: GatedDatabase

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  gated = await createGatedDatabase(server)
})
afterEach(() => gated?.close())

test('installing again, even a changed package and under writers, keeps the gate and its triggers as they are', async () => {
  const before = await readGate(gated.admin)
  await installGate(gated.admin, { scope: gated.opened.scope, grantees: ['app'] })
  await gated.admin.query(`UPDATE homeport.package_version SET source_hash = 'of an older build'`)
  const writer = await gated.connect('app')
  await writer.query('BEGIN; SELECT count(*) FROM record') // a reader’s lock would stop the creation of a trigger
  await gated.admin.query(`SET lock_timeout = '2s'`)
  await installGate(gated.admin, { grantees: ['app'] })
  await writer.query('COMMIT')
  expect((await readGate(gated.admin)).gate).toEqual(before.gate)
  expect(await runCommand(writer, insertRecord(gated.tenantId))).toBe('done')
  expect(await listUnprotected(gated.admin)).toEqual([])
})

test('many installers at once leave one package', async () => {
  const name = await createDatabase()
  const installers = await Promise.all(Array.from({ length: 4 }, () => connectTo(name)))
  await Promise.all(installers.map((client) => installGate(client, { scope: 'cell:new', grantees: ['app'] })))
  expect(await readGate(installers[0]!)).toMatchObject({
    packageVersion: GATE_VERSION,
    gate: { scope: 'cell:new', status: 'FENCED', epoch: 0 },
    isAccepting: false,
  })
  await Promise.all(installers.map((client) => client.end()))
})

test('a role that owns its database and tables can install it without being a superuser', async () => {
  const dsn = await createDatabase()
  const admin = await connectTo(dsn)
  const owner = `owner_${randomUUID().slice(0, 8)}`
  await admin.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'test'; ALTER DATABASE ${databaseOf(dsn)} OWNER TO ${owner}`)
  const url = new URL(dsn)
  url.username = owner
  url.password = 'test'
  const client = await connectTo(url.href)
  await client.query('CREATE SCHEMA own; CREATE TABLE own.record (tenant_id uuid)')
  await installGate(client, { scope: 'cell:own', grantees: ['app'] })
  await protectTable(client, 'own.record')
  await openGate(client, {
    scope: 'cell:own',
    region: REGION,
    epoch: 1,
    operationId: randomUUID(),
    lockTimeoutMs: 1_000,
  })
  expect(await runCommand(client, `INSERT INTO own.record VALUES ('${randomUUID()}')`, { scopeEpoch: '1' })).toBe(
    'WRONG_REGION',
  )
  await Promise.all([client.end(), admin.end()])
})

test('a gate that was never opened refuses every write', async () => {
  const dsn = await createDatabase()
  const admin = await connectTo(dsn)
  await installGate(admin, { scope: 'cell:new' })
  const canary = `INSERT INTO homeport.canary (operation_id) VALUES ('${randomUUID()}')`
  expect(await runCommand(admin, canary)).toBe('REGION_READ_ONLY')
  await admin.end()
})

test('a newer package is never replaced by an older one', async () => {
  await gated.admin.query(`INSERT INTO homeport.package_version (version, source_hash) VALUES (99, 'newer')`)
  await expect(installGate(gated.admin)).rejects.toThrow('does not go back')
})

test('a table whose tenant cannot be told is not protected half', async () => {
  await gated.admin.query(`CREATE TABLE text_tenant (tenant_id text); CREATE TABLE no_tenant (id int); CREATE VIEW looks AS SELECT * FROM record;
    CREATE TABLE computed (id uuid, tenant_id uuid GENERATED ALWAYS AS (id) STORED)`)
  for (const table of ['text_tenant', 'no_tenant', 'looks', 'computed']) {
    expect(await outcomeFrom(protectTable(gated.admin, table)), table).toMatch(/^SQLSTATE (42703|42809)$/)
  }
  await protectTable(gated.admin, 'no_tenant', null)
  expect(await listUnprotected(gated.admin)).toEqual([])
})

test('any name of a tenant column will do', async () => {
  const name = `Tenant "Ürün" ${'x'.repeat(40)}`
  const quoted = `"${name.replaceAll('"', '""')}"`
  await gated.admin.query(`CREATE TABLE odd (id int, ${quoted} uuid); GRANT ALL ON odd TO app`)
  await protectTable(gated.admin, 'odd', name)
  const app = await gated.connect('app')
  for (const sql of [`INSERT INTO odd VALUES (1, '${gated.tenantId}')`, 'UPDATE odd SET id = 2', 'DELETE FROM odd']) {
    expect(await runCommand(app, sql), sql).toBe('done')
    expect(await runCommand(app, sql, { scopeEpoch: '1' }), sql).toBe('STALE_SCOPE_EPOCH')
  }
})

test('partitions are behind the gate too, also those made later and those written directly', async () => {
  await gated.admin.query(`CREATE TABLE parted (tenant_id uuid, day int) PARTITION BY RANGE (day);
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (2)`)
  await protectTable(gated.admin, 'parted')
  await gated.admin.query(
    'CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (2) TO (3); GRANT ALL ON parted, parted_1, parted_2 TO app',
  )
  const app = await gated.connect('app')
  for (const [table, day] of [
    ['parted', 1],
    ['parted', 2],
    ['parted_1', 1],
    ['parted_2', 2],
  ] as const) {
    const insert = `INSERT INTO ${table} VALUES ('${gated.tenantId}', ${day})`
    expect(await runCommand(app, insert), insert).toBe('done')
    expect(await runCommand(app, insert, { scopeEpoch: '1' }), insert).toBe('STALE_SCOPE_EPOCH')
    expect(await runCommand(app, insert, { regionEpoch: '1' }), insert).toBe('STALE_REGION_EPOCH')
  }
  expect(
    (await listUnprotected(gated.admin)).map(({ table }) => table),
    'the statement triggers of the later one',
  ).toEqual(['public.parted_2', 'public.parted_2'])
  await protectTable(gated.admin, 'parted')
  expect(await listUnprotected(gated.admin)).toEqual([])
  expect(await runCommand(app, 'TRUNCATE parted_2')).toBe('STALE_REGION_EPOCH')
})

test('upserts, COPY-like loads and MERGE pass through the gate as well', async () => {
  const app = await gated.connect('app')
  const statements = [
    `INSERT INTO record (tenant_id, body) SELECT '${gated.tenantId}', n::text FROM generate_series(1, 100) n`,
    `INSERT INTO record (id, tenant_id, body) OVERRIDING SYSTEM VALUE SELECT id, tenant_id, body FROM record ON CONFLICT (id) DO UPDATE SET body = 'again'`,
    `MERGE INTO record r USING record s ON r.id = s.id WHEN MATCHED THEN UPDATE SET body = 'merged'`,
    `WITH gone AS (DELETE FROM record RETURNING *) SELECT count(*) FROM gone`,
  ]
  for (const sql of statements) {
    expect(await runCommand(app, sql, { scopeEpoch: '1' }), sql).toBe('STALE_SCOPE_EPOCH')
    expect(await runCommand(app, sql), sql).toBe('done')
  }
})

test('an unprotected table is an ordinary one again', async () => {
  await unprotectTable(gated.admin, 'record')
  await fenceGate(gated.admin, { ...gated.opened, operationId: randomUUID(), epoch: EPOCH + 1 })
  expect(await runCommand(await gated.connect('app'), insertRecord(randomUUID()))).toBe('done')
  expect(await listUnprotected(gated.admin)).toEqual([])
})

async function createDatabase(): Promise<string> {
  const url = new URL(server.adminDsn)
  const name = `bare_${randomUUID().replaceAll('-', '')}`
  const maker = await connectTo(server.adminDsn)
  await maker.query(`CREATE DATABASE ${name}`)
  await maker.end()
  url.pathname = `/${name}`
  return url.href
}

function databaseOf(dsn: string): string {
  return new URL(dsn).pathname.slice(1)
}

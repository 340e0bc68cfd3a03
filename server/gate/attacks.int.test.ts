import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { openGate } from './index'
import {
  beginCommand,
  connectTo,
  countRecords,
  createGatedDatabase,
  EPOCH,
  type GatedDatabase,
  insertRecord,
  isSomebodyWaiting,
  outcomeFrom,
  REGION,
  runCommand,
} from './testing'
import { fenceGate, listPendingPrepared, listUnprotected } from './testing-commands'

let server: TestServer
let gated: GatedDatabase
let app: Client

beforeAll(async () => {
  server = await startServer()
  gated = await createGatedDatabase(server)
  app = await gated.connect('app')
  expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
  await fenceGate(gated.admin, { ...gated.opened, operationId: randomUUID(), epoch: EPOCH + 1 })
})
afterAll(async () => {
  await gated?.close()
  await server?.stop()
})

describe('an ordinary role cannot pass a fenced gate', () => {
  test('by leaving read-only mode, which is no fence (M1, M2)', async () => {
    await gated.admin.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`,
    )
    const [session, count] = [await gated.connect('app'), await countRecords(gated.admin)]
    await session.query('BEGIN READ WRITE') // allowed: this is why the setting fences nothing
    expect(await outcomeFrom(session.query(insertRecord(gated.tenantId)))).toBe('REGION_READ_ONLY')
    await session.query('ROLLBACK')
    await gated.admin.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$`,
    )
    await gated.admin.query('ALTER ROLE app NOLOGIN') // a session that is there stays
    expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('REGION_READ_ONLY')
    await gated.admin.query('ALTER ROLE app LOGIN')
    expect(await countRecords(gated.admin)).toBe(count)
  })

  test.each([
    ['becoming somebody else', 'SET ROLE postgres'],
    ['replica mode', 'SET session_replication_role = replica'],
    ['disabling the triggers', 'ALTER TABLE record DISABLE TRIGGER ALL'],
    ['dropping a trigger', 'DROP TRIGGER "~homeport_gate_insert" ON record'],
    ['unprotecting', `SELECT homeport.unprotect('record')`],
    ['opening the gate', `SELECT homeport.open_gate('cell:dub', 'eu-west-1', 99, gen_random_uuid())`],
    ['thawing the gate', `SELECT homeport.thaw_gate('cell:dub', 41, gen_random_uuid())`],
    ['changing the gate by hand', `UPDATE homeport.write_gate SET status = 'WRITABLE'`],
    ['placing a tenant', `INSERT INTO homeport.tenant_gate VALUES (gen_random_uuid(), 1, 'ACTIVE')`],
    ['setting the ticket', `SELECT setval('homeport.write_ticket', 1)`],
    ['altering the ticket', 'ALTER SEQUENCE homeport.write_ticket RESTART'],
    [
      'replacing a function',
      'CREATE OR REPLACE FUNCTION homeport.judge(boolean, uuid) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$',
    ],
    ['creating objects in the schema', 'CREATE TABLE homeport.mine ()'],
    ['claiming another server name', `SET cluster_name = 'homeport/cell-2/eu-central-1'`],
    ['terminating others', 'SELECT homeport.terminate_writers()'],
  ])('by %s', async (_, attack) => {
    const outcome = await outcomeFrom(app.query(attack))
    expect(outcome).toMatch(/^SQLSTATE (42501|55P02|22023)$/) // no privilege; needs a restart to change; no such role
    expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('REGION_READ_ONLY')
  })

  test('by operators, functions and tables of its own on the search path', async () => {
    const session = await gated.connect('app')
    await session.query(`CREATE TEMP TABLE write_gate AS SELECT 'WRITABLE' AS status;
      CREATE FUNCTION pg_temp.always(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
      CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.always);
      CREATE OPERATOR pg_temp.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.always);
      SET search_path = pg_temp, pg_catalog, public`)
    for (const epoch of [EPOCH, EPOCH + 1]) {
      expect(await runCommand(session, insertRecord(gated.tenantId), { scopeEpoch: String(epoch) })).toBe(
        'REGION_READ_ONLY',
      )
      expect(await runCommand(session, 'UPDATE record SET body = body', { scopeEpoch: String(epoch) })).toBe(
        'REGION_READ_ONLY',
      )
    }
  })

  test('by advisory locks, which it can take but which only ever make it wait', async () => {
    const session = await gated.connect('app')
    await session.query(
      'SELECT pg_advisory_lock_shared(1752132965, bucket) FROM generate_series(0, 255) bucket; SELECT pg_advisory_unlock_all()',
    )
    expect(await runCommand(session, insertRecord(gated.tenantId))).toBe('REGION_READ_ONLY')
  })
})

test('REVOKE during an open transaction stops the next statement, and the gate stops the rest (M3)', async () => {
  const open = await createGatedDatabase(server)
  const writer = await open.connect('app')
  await beginCommand(writer)
  await writer.query(insertRecord(open.tenantId))
  await open.admin.query('REVOKE INSERT ON record FROM app')
  expect(await outcomeFrom(writer.query(insertRecord(open.tenantId)))).toBe('SQLSTATE 42501')
  await writer.query('ROLLBACK')
  await open.admin.query('GRANT INSERT ON record TO app')
  await beginCommand(writer)
  await writer.query(insertRecord(open.tenantId))
  await open.admin.query('REVOKE INSERT ON record FROM app')
  const fence = fenceGate(await open.connect('admin'), { ...open.opened, operationId: randomUUID(), epoch: EPOCH + 1 })
  await expect.poll(() => isSomebodyWaiting(open.admin)).toBe(true)
  await writer.query('COMMIT') // needs no privilege, so the fence has waited for it
  await fence
  expect(await countRecords(open.admin)).toBe(1)
  await open.close()
})

describe('those who outrank triggers', () => {
  test('a superuser in replica mode is refused (M6)', async () => {
    const superuser = await gated.connect('admin')
    await superuser.query('SET session_replication_role = replica')
    for (const sql of [
      insertRecord(gated.tenantId),
      'UPDATE record SET body = body',
      'DELETE FROM record',
      'TRUNCATE record',
    ]) {
      expect(await runCommand(superuser, sql), sql).toBe('REGION_READ_ONLY')
    }
  })

  test('a logical apply worker is refused, row by row and by TRUNCATE', async () => {
    const source = await createGatedDatabase(server)
    const sourceName = new URL(source.adminDsn).pathname.slice(1)
    await source.admin.query('CREATE PUBLICATION everything FOR TABLE record')
    await source.admin.query(`SELECT pg_create_logical_replication_slot('gate_test', 'pgoutput')`)
    const target = await createGatedDatabase(server)
    await fenceGate(target.admin, { ...target.opened, operationId: randomUUID(), epoch: EPOCH + 1 })
    const url = new URL(source.adminDsn)
    const conninfo = `host=${url.hostname} port=${url.port} user=${url.username} password=${decodeURIComponent(url.password)} dbname=${sourceName}`
    await target.admin.query(`CREATE SUBSCRIPTION incoming CONNECTION '${conninfo}' PUBLICATION everything
      WITH (create_slot = false, slot_name = 'gate_test', copy_data = false)`)
    expect(await runCommand(await source.connect('app'), insertRecord(source.tenantId))).toBe('done')
    const errors = async () => {
      const { rows } = await target.admin.query<{ count: string }>(
        `SELECT apply_error_count AS count FROM pg_stat_subscription_stats WHERE subname = 'incoming'`,
      )
      return Number(rows[0]?.count ?? 0)
    }
    await expect.poll(errors, { timeout: 30_000 }).toBeGreaterThan(0)
    expect(await countRecords(target.admin)).toBe(0)
    await target.admin.query('ALTER SUBSCRIPTION incoming DISABLE')
    await target.admin.query('ALTER SUBSCRIPTION incoming SET (slot_name = NONE)')
    await target.admin.query('DROP SUBSCRIPTION incoming')
    await expect
      .poll(
        async () =>
          (await source.admin.query(`SELECT FROM pg_replication_slots WHERE slot_name = 'gate_test' AND NOT active`))
            .rowCount,
      )
      .toBe(1)
    await source.admin.query(`SELECT pg_drop_replication_slot('gate_test')`)
    await Promise.all([source.close(), target.close()])
  })

  test.each([
    ['disabled', 'ALTER TABLE record DISABLE TRIGGER "~homeport_gate_insert"', 'is disabled'],
    ['no longer ALWAYS', 'ALTER TABLE record ENABLE TRIGGER homeport_gate_truncate', 'not ENABLE ALWAYS'],
    ['dropped', 'DROP TRIGGER "~homeport_gate_change" ON record', 'is missing'],
    [
      'limited to a condition',
      `DROP TRIGGER "~homeport_gate_insert" ON record; CREATE TRIGGER "~homeport_gate_insert" BEFORE INSERT ON record FOR EACH ROW
      WHEN (false) EXECUTE FUNCTION homeport.gate_insert_tenant_id(); ALTER TABLE record ENABLE ALWAYS TRIGGER "~homeport_gate_insert"`,
      'was changed',
    ],
    [
      'overtaken by a later one',
      `CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER "~~last" BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION other()`,
      'runs after the gate',
    ],
    ['owned by the application', 'ALTER TABLE record OWNER TO app', 'Role app can switch the gate off'],
    ['left without its own guard', 'ALTER TABLE homeport.write_gate DISABLE TRIGGER publish', 'keeps the gate itself'],
  ])('a gate that is %s is found, and protecting again repairs what it can', async (what, sabotage, reason) => {
    const sabotaged = await createGatedDatabase(server)
    expect(await listUnprotected(sabotaged.admin)).toEqual([])
    await sabotaged.admin.query(sabotage)
    expect(await listUnprotected(sabotaged.admin)).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining(reason) }),
    )
    await sabotaged.admin.query(`SELECT homeport.protect('record')`)
    const isRepairable = !/overtaken|owned|guard/.test(what)
    if (isRepairable) expect(await listUnprotected(sabotaged.admin)).toEqual([])
    await sabotaged.close()
  })
})

describe('prepared transactions (M7)', () => {
  test('no fence completes over one, it is named, and it survives a crash of the server as a writer in flight', async () => {
    const open = await createGatedDatabase(server)
    const writer = await open.connect('app')
    await beginCommand(writer)
    await writer.query(insertRecord(open.tenantId))
    await writer.query(`PREPARE TRANSACTION 'order-7'`)
    const change = { ...open.opened, operationId: randomUUID(), epoch: EPOCH + 1 }
    const refused = await fenceGate(open.admin, change).catch((error: unknown) => error)
    expect(refused).toMatchObject({ message: 'STATUS_CONFLICT', detail: expect.stringContaining(`'order-7'`) })

    await server.kill()
    await server.start()
    const admin = await connectTo(open.adminDsn)
    expect(await listPendingPrepared(admin)).toMatchObject([{ gid: 'order-7', owner: 'app' }])
    expect(await outcomeFrom(fenceGate(admin, change))).toBe('STATUS_CONFLICT')
    await admin.query(`COMMIT PREPARED 'order-7'`)
    await fenceGate(admin, change)
    expect(await countRecords(admin)).toBe(1)
    await openGate(admin, { ...change, epoch: EPOCH + 2, region: REGION })
    await admin.end()
    await open.close()
  })

  test('one that is prepared while the fence waits makes it give up, not pass', async () => {
    const open = await createGatedDatabase(server)
    const writer = await open.connect('app')
    await beginCommand(writer)
    await writer.query(insertRecord(open.tenantId))
    const fence = outcomeFrom(
      fenceGate(await open.connect('admin'), {
        ...open.opened,
        operationId: randomUUID(),
        epoch: EPOCH + 1,
        lockTimeoutMs: 500,
      }),
    )
    await expect.poll(() => isSomebodyWaiting(open.admin)).toBe(true)
    await writer.query(`PREPARE TRANSACTION 'order-8'`)
    expect(await fence).toBe('SQLSTATE 55P03')
    await open.admin.query(`ROLLBACK PREPARED 'order-8'`)
    await fenceGate(open.admin, { ...open.opened, operationId: randomUUID(), epoch: EPOCH + 1 })
    expect(await countRecords(open.admin)).toBe(0)
    await open.close()
  })
})

import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { openGate, setTenantGate } from './index'
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
  type Outcome,
  outcomeFrom,
  outcomeOf,
  REGION,
  REGION_EPOCH,
  runCommand,
} from './testing'
import { fenceGate, freezeGate, listWritersInFlight, terminateWriters, thawGate } from './testing-commands'

const WRITERS = 24
const ISOLATIONS: Isolation[] = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']

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

// Guarantee: once freeze or fence has returned, no transaction that wrote through the gate can still commit.
describe.each(ISOLATIONS)('writers racing the fence at %s', (isolation) => {
  test('no row commits after the fence has returned', async () => {
    const acknowledged: string[] = []
    const refusals = new Set<Outcome>()
    const { race } = await startWriters(isolation, acknowledged, refusals)
    await expect.poll(() => acknowledged.length).toBeGreaterThan(WRITERS * 4)

    await fenceGate(gated.admin, { ...gated.opened, epoch: EPOCH + 1 })
    const fenced = await lookAtRecords(gated.admin)
    await race // every writer has been refused since, and has given up

    expect(await lookAtRecords(gated.admin), 'rows stand still').toMatchObject({
      count: fenced.count,
      newestXid: fenced.newestXid,
    })
    expect(
      await countRowsOutside(fenced.snapshot),
      'rows whose transaction had not ended when the fence returned',
    ).toBe(0)
    expect(await readIds(gated.admin), 'exactly what was acknowledged').toEqual(acknowledged.sort(byNumber))
    expect([...refusals]).toEqual(['REGION_READ_ONLY'])
  })

  test('a freeze that is thawed again lets every writer go on and loses nothing', async () => {
    const acknowledged: string[] = []
    const { race } = await startWriters(isolation, acknowledged, new Set(), 'through a freeze')
    for (let round = 0; round < 5; round += 1) {
      const before = acknowledged.length
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + WRITERS)
      const change = { ...gated.opened, operationId: randomUUID() }
      await freezeGate(gated.admin, change)
      const frozen = await lookAtRecords(gated.admin)
      expect(await countRowsOutside(frozen.snapshot)).toBe(0)
      expect((await lookAtRecords(gated.admin)).count).toBe(frozen.count)
      await thawGate(gated.admin, change)
    }
    await fenceGate(gated.admin, { ...gated.opened, epoch: EPOCH + 1 })
    await race
    expect(await readIds(gated.admin)).toEqual(acknowledged.sort(byNumber))
  })

  test('a transaction that wrote before the fence holds it up until it ends', async () => {
    const writer = await gated.connect('app')
    await beginCommand(writer, { isolation })
    await writer.query(insertRecord(gated.tenantId, 'straddles'))
    expect(await listWritersInFlight(gated.admin)).toMatchObject([{ roleName: 'app', isWaitingForStandby: false }])

    const fencer = await gated.connect('admin')
    let isFenced = false
    const fence = fenceGate(fencer, { ...gated.opened, epoch: EPOCH + 1 }).then(() => (isFenced = true))
    await expect.poll(() => isSomebodyWaiting(gated.admin)).toBe(true)
    expect(isFenced).toBe(false)
    await writer.query('COMMIT')
    await fence
    expect(await countRecords(gated.admin)).toBe(1)
    expect(await runCommand(writer, insertRecord(gated.tenantId), { isolation })).toBe('REGION_READ_ONLY')
  })

  test('a transaction that began before the fence and writes after it is refused, whatever its snapshot shows', async () => {
    const writer = await gated.connect('app')
    await beginCommand(writer, { isolation })
    await writer.query('SELECT count(*) FROM record') // takes the snapshot
    await fenceGate(gated.admin, { ...gated.opened, epoch: EPOCH + 1 })
    const outcome = await outcomeFrom(writer.query(insertRecord(gated.tenantId)))
    expect(outcome).toBe(isolation === 'READ COMMITTED' ? 'REGION_READ_ONLY' : 'retry')
    await writer.query('ROLLBACK')
    expect(await countRecords(gated.admin)).toBe(0)
  })

  test('an old snapshot is no pass into a new epoch either', async () => {
    const writer = await gated.connect('app')
    await beginCommand(writer, { isolation })
    await writer.query('SELECT count(*) FROM record')
    await openGate(gated.admin, { ...gated.opened, operationId: randomUUID(), epoch: EPOCH + 1, region: REGION })
    const outcome = await outcomeFrom(writer.query(insertRecord(gated.tenantId)))
    expect(outcome).toBe(isolation === 'READ COMMITTED' ? 'STALE_SCOPE_EPOCH' : 'retry')
  })

  test('a tenant that freezes waits for its writers, and an old snapshot does not pass', async () => {
    const freeze = {
      tenantId: gated.tenantId,
      regionEpoch: REGION_EPOCH,
      status: 'FROZEN',
      lockTimeoutMs: LOCK_TIMEOUT_MS,
    } as const
    const [early, late, freezer] = await Promise.all([
      gated.connect('app'),
      gated.connect('app'),
      gated.connect('admin'),
    ])
    await beginCommand(early, { isolation })
    await early.query(insertRecord(gated.tenantId))
    await beginCommand(late, { isolation })
    await late.query('SELECT count(*) FROM record')

    const frozen = setTenantGate(freezer, freeze)
    await expect.poll(() => isSomebodyWaiting(gated.admin)).toBe(true)
    await early.query('COMMIT')
    await frozen
    expect(await outcomeFrom(late.query(insertRecord(gated.tenantId)))).toBe(
      isolation === 'READ COMMITTED' ? 'TENANT_FROZEN' : 'retry',
    )
  })

  /** Each writer commits one row after another until the gate refuses it; `through` names a refusal to be ridden out. */
  async function startWriters(
    isolation: Isolation,
    acknowledged: string[],
    refusals: Set<Outcome>,
    through?: 'through a freeze',
  ): Promise<{ race: Promise<unknown> }> {
    const sessions = await Promise.all(Array.from({ length: WRITERS }, () => gated.connect('app')))
    const race = Promise.all(
      sessions.map(async (session) => {
        for (;;) {
          const outcome = await writeOne(session, isolation, acknowledged)
          if (outcome === 'done' || outcome === 'retry') continue
          refusals.add(outcome)
          const isFenced = outcome !== 'REGION_READ_ONLY' || !through || (await isGateFenced(session))
          if (isFenced) return
        }
      }),
    )
    return { race }
  }
})

test('what a naive trigger lets through, this gate does not', async () => {
  // The same two races against a trigger that only looks, so that the tests above are known to be able to fail.
  await gated.admin.query(`CREATE TABLE naive_gate (is_open boolean); INSERT INTO naive_gate VALUES (true);
    CREATE TABLE naive (isolation text);
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NOT (SELECT is_open FROM naive_gate) THEN RAISE EXCEPTION 'closed'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER naive BEFORE INSERT ON naive FOR EACH ROW EXECUTE FUNCTION naive()`)
  const [straddling, old] = await Promise.all([gated.connect('admin'), gated.connect('admin')])
  await straddling.query(`BEGIN; INSERT INTO naive VALUES ('straddles')`)
  await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM naive')
  await gated.admin.query('UPDATE naive_gate SET is_open = false') // returns at once
  await straddling.query('COMMIT')
  await old.query(`INSERT INTO naive VALUES ('old snapshot'); COMMIT`)
  const { rows } = await gated.admin.query('SELECT isolation FROM naive ORDER BY 1')
  expect(rows).toHaveLength(2)
})

test('a freeze gives up with the gate open when a writer does not end, and closes it once the writer was terminated', async () => {
  const [stuck, other] = await Promise.all([gated.connect('app'), gated.connect('app')])
  await beginCommand(stuck)
  await stuck.query(insertRecord(gated.tenantId))
  const change = { ...gated.opened, operationId: randomUUID(), lockTimeoutMs: 200 }
  expect(await outcomeFrom(freezeGate(gated.admin, change))).toBe('SQLSTATE 55P03')
  expect(await runCommand(other, insertRecord(gated.tenantId))).toBe('done')

  expect(await terminateWriters(gated.admin)).toMatchObject([{ roleName: 'app', isWaitingForStandby: false }])
  await freezeGate(gated.admin, { ...change, lockTimeoutMs: LOCK_TIMEOUT_MS })
  expect(await listWritersInFlight(gated.admin)).toEqual([])
  expect(await countRecords(gated.admin)).toBe(1)
})

test('a change of the gate that rolls back was never seen', async () => {
  const [app, watcher] = await Promise.all([gated.connect('app'), gated.connect('admin')])
  await gated.admin.query('BEGIN')
  await gated.admin.query('SELECT homeport.fence_gate($1, $2, $3)', [gated.opened.scope, EPOCH + 1, randomUUID()])
  const command = runCommand(app, insertRecord(gated.tenantId))
  await expect.poll(() => isSomebodyWaiting(watcher)).toBe(true)
  await gated.admin.query('ROLLBACK')
  expect(await command).toBe('done')
  expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
})

test('updates of one hot row do not hold up a fence for a deadlock timeout', async () => {
  await gated.admin.query(`ALTER ROLE app SET deadlock_timeout = '1h'`) // nobody may need it
  const sessions = await Promise.all(Array.from({ length: 16 }, () => gated.connect('app')))
  expect(await runCommand(sessions[0]!, insertRecord(gated.tenantId))).toBe('done')
  let updates = 0
  const race = Promise.all(
    sessions.map(async (session) => {
      while ((await runCommand(session, `UPDATE record SET body = body || 'x'`)) === 'done') updates += 1
    }),
  )
  await expect.poll(() => updates).toBeGreaterThan(50)
  await fenceGate(gated.admin, { ...gated.opened, epoch: EPOCH + 1 })
  await race
  await gated.admin.query('ALTER ROLE app RESET deadlock_timeout')
})

async function writeOne(session: Client, isolation: Isolation, acknowledged: string[]): Promise<Outcome> {
  try {
    await beginCommand(session, { isolation })
    const { rows } = await session.query<{ id: string }>(insertRecord(gated.tenantId))
    await session.query('COMMIT')
    acknowledged.push(rows[0]!.id)
    return 'done'
  } catch (error) {
    await session.query('ROLLBACK')
    return outcomeOf(error)
  }
}

async function isGateFenced(session: Client): Promise<boolean> {
  const refused = await session
    .query(`INSERT INTO homeport.canary (operation_id) VALUES (gen_random_uuid())`)
    .catch((error: { detail?: string }) => error.detail)
  return typeof refused === 'string' && refused.includes('FENCED')
}

async function lookAtRecords(admin: Client): Promise<{ count: number; newestXid: string | null; snapshot: string }> {
  const { rows } = await admin.query(
    `SELECT count(*)::integer AS count, max(xmin::text::bigint) AS "newestXid", pg_current_snapshot()::text AS snapshot FROM record`,
  )
  return rows[0]
}

/** Rows of transactions that a snapshot taken right after the fence does not see: they committed later. */
async function countRowsOutside(snapshot: string): Promise<number> {
  const { rows } = await gated.admin.query(
    'SELECT count(*)::integer AS count FROM record WHERE NOT pg_visible_in_snapshot(xmin::text::xid8, $1::pg_snapshot)',
    [snapshot],
  )
  return rows[0].count
}

async function readIds(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ id: string }>('SELECT id FROM record ORDER BY id')
  return rows.map(({ id }) => id)
}

const byNumber = (a: string, b: string) => Number(a) - Number(b)

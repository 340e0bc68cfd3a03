import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EngineAdapter, type FailoverOps, type MemberFacts, NotDone } from '@/server/engines/contract'
import { call, rejection } from '@/server/engines/contract-suite'
import { createPostgresAdapter } from '.'
import { asAdmin, type GatedCell, startGatedCell } from './testing'

/**
 * What a cut-off standby says it has seen is what decides, row by row, what was lost: so it is compared here with what each
 * kind of transaction left on it.
 */
let cell: GatedCell
let adapter: EngineAdapter
let ops: FailoverOps
const clients: Client[] = []

beforeEach(async () => {
  cell = await startGatedCell()
  adapter = createPostgresAdapter()
  if (!adapter.failover.supported) throw new Error(adapter.failover.reason)
  ops = adapter.failover
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})))
  await adapter?.close()
  await cell?.stop()
})

const primaryDsn = () => cell.fleet.primary.adminDsn
const standbyDsn = () => cell.fleet.standbys[0]!.adminDsn

async function session(): Promise<Client> {
  const client = new Client(primaryDsn())
  client.on('error', () => {})
  clients.push(client)
  await client.connect()
  return client
}

async function facts(): Promise<MemberFacts> {
  const report = await adapter.observe(cell.primary.near, cell.scope, call())
  if (!report.reachable) throw new Error(report.detail)
  return report
}

async function caughtUp(): Promise<void> {
  const [row] = await asAdmin<{ lsn: string }>(primaryDsn(), 'SELECT pg_current_wal_flush_lsn()::text AS lsn')
  await expect
    .poll(() => asAdmin(standbyDsn(), `SELECT 1 WHERE pg_last_wal_replay_lsn() >= '${row!.lsn}'::pg_lsn`), {
      timeout: 20_000,
      interval: 10,
    })
    .toHaveLength(1)
}

const write = (note: string) => `INSERT INTO public.note (what) VALUES ('${note}')`

/** What the snapshot says of each row that there is on the primary in the end. */
async function seen(snapshot: string): Promise<Record<string, boolean>> {
  const rows = await asAdmin<{ what: string; seen: boolean }>(
    primaryDsn(),
    `SELECT what, pg_visible_in_snapshot(xmin::text::xid8, '${snapshot}') AS seen FROM public.note`,
  )
  return Object.fromEntries(rows.map((row) => [row.what, row.seen]))
}

test('the snapshot holds every transaction that came over, and none of those in flight', async () => {
  await asAdmin(primaryDsn(), 'CREATE TABLE public.note (what text PRIMARY KEY)')
  await asAdmin(primaryDsn(), write('before'))
  const flight = await session()
  await flight.query(`BEGIN; ${write('in flight, committed after')}`)
  const nested = await session()
  await nested.query(`BEGIN; ${write('nested parent')}; SAVEPOINT one; ${write('nested child')}; RELEASE one`)
  const many = await session()
  // More subtransactions than a transaction can remember one by one.
  await many.query(`BEGIN; ${write('many parent')}`)
  await many.query(`DO $$ BEGIN FOR i IN 1..150 LOOP
    BEGIN INSERT INTO public.note VALUES ('many child ' || i); EXCEPTION WHEN OTHERS THEN RAISE; END; END LOOP; END $$`)
  const done = await session()
  await done.query(`BEGIN; ${write('done parent')}; SAVEPOINT one; ${write('done child')}; COMMIT`)
  const gone = await session()
  await gone.query(`BEGIN; ${write('rolled back')}; ROLLBACK`)
  const prepared = await session()
  await prepared.query(`BEGIN; ${write('prepared, committed after')}; PREPARE TRANSACTION 'open'`)
  await asAdmin(primaryDsn(), write('last before'))
  await caughtUp()
  const bare = await asAdmin<{ snapshot: string }>(standbyDsn(), 'SELECT pg_current_snapshot()::text AS snapshot')
  expect(bare[0]!.snapshot, 'why it is not used: a standby lists no transaction in flight').toMatch(/^\d+:\d+:$/)

  cell.blackHoleReplication()
  await flight.query('COMMIT')
  await nested.query('COMMIT')
  await many.query('COMMIT')
  await asAdmin(primaryDsn(), "COMMIT PREPARED 'open'")
  await asAdmin(primaryDsn(), write('after'))
  const { systemIdentifier, timeline } = await facts()
  const drained = await ops.drain(cell.standby.near, { systemIdentifier, timeline }, call())
  expect(drained.timeline).toBe(timeline)
  expect(await ops.drain(cell.standby.near, { systemIdentifier, timeline }, call()), 'repeated').toMatchObject({
    lsn: drained.lsn,
    snapshot: drained.snapshot,
  })

  const verdict = await seen(drained.snapshot)
  const there = new Set(
    (await asAdmin<{ what: string }>(standbyDsn(), 'SELECT what FROM public.note')).map((r) => r.what),
  )
  expect(Object.keys(verdict)).toHaveLength(150 + 10)
  for (const [what, isSeen] of Object.entries(verdict)) expect(isSeen, what).toBe(there.has(what))
  expect([...there].sort()).toEqual(['before', 'done child', 'done parent', 'last before'])
})

test('a link that heals in the middle brings nothing to a drained standby, and undoing it does', async () => {
  const { systemIdentifier, timeline } = await facts()
  await caughtUp()
  const family = { systemIdentifier, timeline }
  const writer = await cell.startWriter(cell.primary, 1n)
  await writer.firstAcknowledgement()
  const drained = await ops.drain(cell.standby.near, family, call())
  await expect.poll(() => writer.acknowledged.length).toBeGreaterThan(100)
  await writer.stop()
  const [later] = await asAdmin<{ lsn: string; pid: string | null }>(
    standbyDsn(),
    'SELECT pg_last_wal_replay_lsn()::text AS lsn, (SELECT 1 FROM pg_stat_wal_receiver WHERE slot_name IS NULL) AS pid',
  )
  expect(later).toEqual({ lsn: drained.lsn, pid: null })
  expect(await cell.storedNumbers(cell.standby)).not.toContain(writer.acknowledged.at(-1)!.number)

  await ops.undrain(cell.standby.near, call())
  await ops.undrain(cell.standby.near, call())
  await caughtUp()
  expect(await cell.storedNumbers(cell.standby)).toContain(writer.acknowledged.at(-1)!.number)
})

test('a drained standby is promoted at the very place that was noted, and takes its own writes', async () => {
  const { systemIdentifier, timeline } = await facts()
  await caughtUp()
  const writer = await cell.startWriter(cell.primary, 1n)
  await writer.firstAcknowledgement()
  await cell.fleet.primary.kill()
  await writer.stop()
  const drained = await ops.drain(cell.standby.near, { systemIdentifier, timeline }, call())
  process.stdout.write(`drain with a dead primary: ${Math.round(drained.tookMs)} ms\n`)
  const operationId = randomUUID()
  const receipt = { id: randomUUID(), strength: 'POWERED_OFF' as const, operationId, memberId: cell.primary.name }
  const promoted = await ops.promote(
    cell.standby.near,
    { ...receipt, epoch: 2n, systemIdentifier, timeline: null, lsn: null },
    call(),
  )
  const [history] = await asAdmin<{ text: string }>(
    standbyDsn(),
    `SELECT pg_read_file('pg_wal/0000000${promoted.timeline}.history') AS text`,
  )
  expect(history!.text).toContain(`${timeline}\t${drained.lsn}\t`)
  await ops.undrain(cell.standby.near, call())
  const [slot] = await asAdmin<{ slot: string }>(standbyDsn(), "SELECT current_setting('primary_slot_name') AS slot")
  expect(slot).toEqual({ slot: '' })
  const again = await rejection(ops.drain(cell.standby.near, { systemIdentifier, timeline }, call()))
  expect(again).toBeInstanceOf(NotDone)
})

test('a slot keeps its name while it is off', async () => {
  await asAdmin(primaryDsn(), "SELECT pg_create_physical_replication_slot('own_slot')")
  await asAdmin(standbyDsn(), "ALTER SYSTEM SET primary_slot_name = 'own_slot'")
  await asAdmin(standbyDsn(), 'SELECT pg_reload_conf()')
  const { systemIdentifier, timeline } = await facts()
  await ops.drain(cell.standby.near, { systemIdentifier, timeline }, call())
  await ops.undrain(cell.standby.near, call())
  await expect
    .poll(() => asAdmin(standbyDsn(), "SELECT 1 FROM pg_stat_wal_receiver WHERE slot_name = 'own_slot'"), {
      timeout: 20_000,
    })
    .toHaveLength(1)
})

test('what is not its family, not its timeline, paused, or a primary is not drained', async () => {
  const { systemIdentifier, timeline } = await facts()
  const family = { systemIdentifier, timeline }
  const refuse = async (endpoint = cell.standby.near, other = family) => {
    const refused = await rejection(ops.drain(endpoint, other, call()))
    expect(refused).toBeInstanceOf(NotDone)
    return String(refused)
  }
  expect(await refuse(cell.standby.near, { ...family, systemIdentifier: '1' })).toContain('another database family')
  expect(await refuse(cell.standby.near, { ...family, timeline: timeline + 1 })).toContain('timeline')
  expect(await refuse(cell.primary.near)).toContain('it is a primary')
  await asAdmin(standbyDsn(), 'SELECT pg_wal_replay_pause()')
  expect(await refuse()).toContain('paused')
  await asAdmin(standbyDsn(), 'SELECT pg_wal_replay_resume()')
  const [slot] = await asAdmin<{ slot: string }>(standbyDsn(), "SELECT current_setting('primary_slot_name') AS slot")
  expect(slot, 'nothing was changed').toEqual({ slot: '' })
})

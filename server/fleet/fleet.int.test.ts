import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Estate } from './estate'
import { Fleet } from './fleet'
import { findPostmaster } from './postmaster'
import { processesIn } from './processes'
import { withServer } from './sql'
import { startCell, startFleet, type TestCell } from './testing'

const jakarta = 'ap-southeast-3'
const singapore = 'ap-southeast-1'
const REFERENCE_RTT_MS = 14
const QUESTION_MS = 5_000

let cell: TestCell

beforeAll(async () => {
  cell = await startCell({ primary: jakarta, standbys: [singapore] }, { name: 'jkt', wan: true })
  await ask(cell.primary.adminDsn, 'CREATE TABLE note (id int PRIMARY KEY)')
  await ask(cell.primary.adminDsn, 'GRANT SELECT, INSERT ON note TO app')
})

afterAll(() => cell?.stop())

/** It asks for a second and no longer; the rest is a busy machine's. */
const AT_ONCE_MS = 5_000

test('each server states its own name and region, which no session can set', async () => {
  for (const member of cell.members) {
    expect(await value(member.adminDsn, "SELECT current_setting('cluster_name')")).toBe(
      `homeport/${member.name}/${member.region}`,
    )
  }
  await expect(ask(cell.primary.adminDsn, "SET cluster_name = 'homeport/jkt-1/eu-west-1'")).rejects.toMatchObject({
    code: '55P02',
  })
})

test('the application role is ordinary: it writes where it may and makes nothing', async () => {
  await ask(cell.primary.appDsn, 'INSERT INTO note VALUES (1)')
  await expect(ask(cell.primary.appDsn, 'CREATE TABLE mine (id int)')).rejects.toMatchObject({ code: '42501' })
  expect(await value(cell.primary.appDsn, "SELECT current_setting('is_superuser')")).toBe('off')
})

test('passwords are asked for, also of superusers and of replication', async () => {
  for (const role of ['homeport_admin', 'app', 'replicator']) {
    await expect(ask(`postgres://${role}:wrong@127.0.0.1:${cell.primary.port}/app`, 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    })
  }
})

test('the standby streams through the relay of its region under its own name', async () => {
  const { rows } = await ask(cell.primary.adminDsn, 'SELECT application_name, state FROM pg_stat_replication')
  expect(rows).toEqual([{ application_name: 'jkt-2', state: 'streaming' }])
  const port = await value(cell.standbys[0]!.adminDsn, 'SELECT sender_port FROM pg_stat_wal_receiver')
  expect(port).toBe(cell.fleet.relayPort(singapore, 'jkt-1'))
})

test('a region away costs the reference round trip, and the own region costs none', async () => {
  expect(await leastRoundTripMs(cell.primary.dsnFrom(singapore, 'app'))).toSatisfy(isAbout(REFERENCE_RTT_MS))
  expect(await leastRoundTripMs(cell.primary.dsnFrom(jakarta, 'app'))).toSatisfy(isAbout(0))
})

test('replication stops while its link is cut and catches up when it heals', async () => {
  cell.fleet.changeLink(jakarta, singapore, 'cut')
  await expect
    .poll(() => value(cell.standbys[0]!.adminDsn, 'SELECT count(*)::int FROM pg_stat_wal_receiver'), {
      timeout: 15_000,
    })
    .toBe(0)
  await ask(cell.primary.appDsn, 'INSERT INTO note VALUES (2)')
  expect(await countOf(2)).toBe(0)
  cell.fleet.changeLink(jakarta, singapore, 'heal')
  await expect.poll(() => countOf(2), { timeout: 15_000 }).toBe(1)
})

test('a black hole homewards: the write is committed and its writer does not learn it until the link heals', async () => {
  const client = await open(cell.primary.dsnFrom(singapore, 'app'))
  cell.fleet.changeLink(jakarta, singapore, 'black-hole')
  let isAnswered = false
  const answer = client.query('INSERT INTO note VALUES (3)').then(() => (isAnswered = true))
  await expect.poll(() => value(cell.primary.adminDsn, 'SELECT count(*)::int FROM note WHERE id = 3')).toBe(1)
  expect(isAnswered).toBe(false)
  cell.fleet.changeLink(jakarta, singapore, 'heal')
  await answer
  await client.end()
})

test('a frozen server is silent, is reported at once, and goes on where it was', async () => {
  const client = await open(cell.primary.appDsn)
  await cell.primary.freeze()
  const startedAtMs = performance.now()
  const frozen = (await cell.fleet.status()).members.find((member) => member.name === 'jkt-1')
  expect(performance.now() - startedAtMs).toBeLessThan(AT_ONCE_MS)
  expect(frozen).toMatchObject({ power: 'frozen', role: 'unknown' })
  const answer = client.query('SELECT 1 AS one')
  await cell.primary.thaw()
  expect((await answer).rows).toEqual([{ one: 1 }])
  await client.end()
})

test('a frozen postmaster alone does not answer newcomers, and status does not wait for it', async () => {
  await cell.fleet.power('jkt-1', 'freeze', 'postmaster')
  const startedAtMs = performance.now()
  await cell.fleet.status()
  expect(performance.now() - startedAtMs).toBeLessThan(AT_ONCE_MS)
  await cell.primary.start()
  expect(await value(cell.primary.adminDsn, 'SELECT 1 AS one')).toBe(1)
})

test('killed: no process is left, nothing acknowledged is lost, and it comes back as what it was', async () => {
  const busy = await open(cell.primary.appDsn)
  await busy.query('BEGIN')
  await busy.query('INSERT INTO note VALUES (4)')
  await ask(cell.primary.appDsn, 'INSERT INTO note VALUES (5)')
  const receipt = await cell.fleet.power('jkt-1', 'kill')
  expect(receipt).toMatchObject({ member: 'jkt-1', action: 'kill', power: 'off' })
  expect(await processesIn(cell.fleet.member('jkt-1').seat.dir)).toEqual([])
  await cell.primary.start()
  expect(await value(cell.primary.adminDsn, 'SELECT pg_is_in_recovery()')).toBe(false)
  expect(await value(cell.primary.adminDsn, 'SELECT count(*)::int FROM note WHERE id IN (4, 5)')).toBe(1)
})

test('killed between two questions: the second one is told, and nothing else ends', async () => {
  const lost = withServer(cell.primary.adminDsn, QUESTION_MS, async (client) => {
    await client.query('SELECT 1')
    const gone = new Promise((resolve) => client.once('end', resolve))
    await cell.fleet.power('jkt-1', 'kill')
    await gone
    await client.query('SELECT 1')
  })
  await expect(lost).rejects.toThrow()
  await cell.primary.start()
})

test('kill of the postmaster alone with a busy backend: a start straight after succeeds', async () => {
  const busy = await open(cell.primary.appDsn)
  const ended = new Promise((resolve) => busy.once('error', resolve))
  busy.query('SELECT count(*) FROM generate_series(1, 2e6)').catch(() => {})
  await cell.fleet.power('jkt-1', 'kill', 'postmaster')
  await cell.primary.start()
  expect(await value(cell.primary.adminDsn, 'SELECT 1 AS one')).toBe(1)
  await ended
})

test('power off beats a start that was ordered before it, waiting or under way', async () => {
  const member = cell.fleet.member('jkt-1')
  await member.stop()
  const waiting = expect(member.start()).rejects.toMatchObject({ code: 'conflict' })
  await member.kill()
  await waiting
  expect((await member.power()).power).toBe('off')

  const underWay = member.start().catch((error) => error)
  await expect.poll(() => findPostmaster(member.seat.dir), { interval: 1, timeout: 10_000 }).not.toBeNull()
  await member.kill()
  await underWay
  expect((await member.power()).power).toBe('off')
  await member.start()
})

test('after a promotion the old primary is rebuilt as a standby of the new one, once for one operation id', async () => {
  const [oldPrimary, newPrimary] = cell.members as [TestCell['primary'], TestCell['primary']]
  await expect
    .poll(() => value(newPrimary.adminDsn, 'SELECT count(*)::int FROM pg_stat_wal_receiver'), { timeout: 15_000 })
    .toBe(1)
  await ask(newPrimary.adminDsn, 'SELECT pg_promote()')
  await ask(oldPrimary.adminDsn, 'INSERT INTO note VALUES (100)') // the tail that a rebuild throws away
  await ask(newPrimary.adminDsn, 'INSERT INTO note VALUES (101)')
  const receipt = await cell.rebuild('jkt-1', { source: 'jkt-2', operationId: 'op-1' })
  expect(receipt).toMatchObject({ member: 'jkt-1', source: 'jkt-2', operationId: 'op-1', timeline: 2 })
  expect(await value(oldPrimary.adminDsn, 'SELECT pg_is_in_recovery()')).toBe(true)
  await expect.poll(() => value(oldPrimary.adminDsn, 'SELECT max(id) FROM note')).toBe(101)
  expect(await value(oldPrimary.adminDsn, 'SELECT count(*)::int FROM note WHERE id = 100')).toBe(0)
  const before = await cell.fleet.member('jkt-1').power()
  expect(await cell.rebuild('jkt-1', { source: 'jkt-2', operationId: 'op-1' })).toEqual(receipt)
  expect(await cell.fleet.member('jkt-1').power()).toEqual(before)
})

test('a rebuild is refused from a standby, from itself, and over a link that is not up', async () => {
  await expect(cell.rebuild('jkt-2', { source: 'jkt-1', operationId: 'op-2' })).rejects.toMatchObject({
    code: 'conflict',
  })
  await expect(cell.rebuild('jkt-2', { source: 'jkt-2', operationId: 'op-3' })).rejects.toMatchObject({
    code: 'bad-request',
  })
  cell.fleet.changeLink(singapore, jakarta, 'cut')
  await expect(cell.rebuild('jkt-1', { source: 'jkt-2', operationId: 'op-4' })).rejects.toMatchObject({
    code: 'conflict',
  })
  cell.fleet.changeLink(singapore, jakarta, 'heal')
})

test('a second start resumes the same estate: data, roles, passwords, ports, even past a taken port', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'homeport-test-'))
  await chmod(dataDir, 0o711)
  const first = await startFleet(onePair, { dataDir, linkDelay: 'none' })
  const before = (await first.fleet.status()).members
  await ask(before[0]!.adminDsn, 'CREATE TABLE kept AS SELECT 1 AS id')
  await expect(startFleet(onePair, { dataDir })).rejects.toMatchObject({ code: 'already-running' })
  const taken = first.fleet.relayPort(singapore, 'one-1')
  await first.stop()
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(taken, '127.0.0.1', resolve))

  const second = await startFleet(onePair, { dataDir, linkDelay: 'none' })
  const after = (await second.fleet.status()).members
  expect(after.map(({ name, role, adminDsn }) => ({ name, role, adminDsn }))).toEqual(
    before.map(({ name, role, adminDsn }) => ({ name, role, adminDsn })),
  )
  expect(second.fleet.relayPort(singapore, 'one-1')).not.toBe(taken)
  await expect.poll(() => value(after[0]!.adminDsn, 'SELECT count(*)::int FROM pg_stat_replication')).toBe(1)
  await expect.poll(() => value(after[1]!.adminDsn, 'SELECT id FROM kept')).toBe(1)
  await second.fleet.destroy()
  await new Promise((resolve) => squatter.close(resolve))
  await rm(dataDir, { recursive: true, force: true })
})

test('an estate that makes no sense is refused before anything is made', async () => {
  const estate: Estate = {
    cells: [{ name: 'x', kind: 'cell', database: 'app', members: [{ name: 'x-1', region: 'mars-1' }] }],
  }
  const refused = Fleet.start({
    dataDir: join(tmpdir(), 'homeport-test-never'),
    estate,
    linkDelay: 'none',
    afterlife: 'destroy',
  })
  await expect(refused).rejects.toMatchObject({ code: 'bad-request' })
})

const onePair: Estate = {
  cells: [
    {
      name: 'one',
      kind: 'cell',
      database: 'app',
      members: [
        { name: 'one-1', region: jakarta },
        { name: 'one-2', region: singapore },
      ],
    },
  ],
}

async function open(dsn: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: dsn, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // servers are killed under their clients here
  await client.connect()
  return client
}

async function ask(dsn: string, sql: string): Promise<pg.QueryResult> {
  const client = await open(dsn)
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

async function value(dsn: string, sql: string): Promise<unknown> {
  return Object.values((await ask(dsn, sql)).rows[0] ?? {})[0]
}

function countOf(id: number): Promise<unknown> {
  return value(cell.standbys[0]!.adminDsn, `SELECT count(*)::int FROM note WHERE id = ${id}`)
}

async function leastRoundTripMs(dsn: string): Promise<number> {
  const client = await open(dsn)
  const tripsMs: number[] = []
  for (let trip = 0; trip < 15; trip += 1) {
    const startedAtMs = performance.now()
    await client.query('SELECT 1')
    tripsMs.push(performance.now() - startedAtMs)
  }
  await client.end()
  return Math.min(...tripsMs)
}

function isAbout(ms: number): (measuredMs: number) => boolean {
  return (measuredMs) => measuredMs >= ms - 1.5 && measuredMs < ms + 40
}

import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { destroyFleet } from './custody'
import type { Estate } from './estate'
import type { Fleet } from './fleet'
import { FleetError } from './fleet-error'
import { startFleet } from './testing'
import { pause } from './waiting'

/** A server that an operation took out of service must stay out, whoever else switches, and whoever is killed meanwhile. */
const estate: Estate = {
  cells: [
    {
      name: 'one',
      kind: 'cell',
      database: 'app',
      members: [
        { name: 'one-1', region: 'eu-west-1' },
        { name: 'one-2', region: 'eu-central-1' },
      ],
    },
  ],
}
let dataDir: string
let fleet: Fleet
const operationId = randomUUID()

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'homeport-test-'))
  await chmod(dataDir, 0o711)
  await begin()
})
afterEach(async () => {
  await fleet.stop()
  await destroyFleet(dataDir)
  await rm(dataDir, { recursive: true, force: true })
})

async function begin(): Promise<void> {
  fleet = (await startFleet(estate, { dataDir, linkDelay: 'none' })).fleet
}

async function restart(): Promise<void> {
  await fleet.stop()
  await begin()
}

const powerOf = async (name: string) => (await fleet.member(name).power()).power

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(FleetError)
  expect((error as FleetError).code).toBe('conflict')
  return (error as FleetError).message
}

/** Null when it lets us in, else the SQLSTATE of its refusal. */
async function signIn(dsn: string, replication = false): Promise<string | null> {
  const client = new Client({ connectionString: dsn, ...(replication ? { replication: 'true' } : {}) })
  client.on('error', () => {})
  try {
    await client.connect()
    return null
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.end().catch(() => {})
  }
}

const replicatorDsn = async () => {
  const { one } = JSON.parse(await readFile(join(dataDir, 'fleet-secrets.json'), 'utf8')).cells ?? {}
  return `postgres://replicator:${one.replicator}@127.0.0.1:${fleet.member('one-1').port}/app`
}

test('powered off it stays off: by hand, after a restart, and for another worker', async () => {
  const first = await fleet.lockOut('one-1', 'power-off', operationId)
  expect(first).toMatchObject({ state: 'off', offAt: expect.any(String), pid: expect.any(Number) })
  expect(first.killedCount).toBeGreaterThan(1)
  expect(await fleet.lockOut('one-1', 'power-off', operationId), 'repeated').toMatchObject({ offAt: first.offAt })
  expect(await refusal(fleet.power('one-1', 'start'))).toContain(`powered off for operation ${operationId}`)
  await restart()
  expect(await powerOf('one-1')).toBe('off')
  expect(await powerOf('one-2')).toBe('on')
  const status = await fleet.status()
  expect(status.members.find(({ name }) => name === 'one-1')).toMatchObject({
    power: 'off',
    fault: expect.stringContaining(operationId),
  })
  expect(await refusal(fleet.power('one-1', 'start'))).toContain('stays off')
})

test('released it is as it was, and an order that comes late finds that out', async () => {
  await fleet.lockOut('one-1', 'power-off', operationId)
  expect(await refusal(fleet.lockOut('one-1', 'release', randomUUID()))).toContain('held by operation')
  await fleet.lockOut('one-1', 'release', operationId)
  expect(await powerOf('one-1')).toBe('on')
  expect(await signIn(fleet.member('one-1').appDsn())).toBeNull()
  await fleet.lockOut('one-1', 'release', operationId)
  await restart()
  expect(await refusal(fleet.lockOut('one-1', 'power-off', operationId))).toContain('has released')
  expect(await powerOf('one-1')).toBe('on')

  await fleet.power('one-1', 'stop')
  const later = randomUUID()
  await fleet.lockOut('one-1', 'power-off', later)
  await fleet.lockOut('one-1', 'release', later)
  expect(await powerOf('one-1'), 'it was off before').toBe('off')
})

test('the next operation takes a server that is off over, and the one before can no longer free it', async () => {
  await fleet.lockOut('one-1', 'power-off', operationId)
  const next = randomUUID()
  await fleet.lockOut('one-1', 'power-off', next)
  expect(await refusal(fleet.lockOut('one-1', 'release', operationId))).toContain(next)
  expect(await powerOf('one-1')).toBe('off')
})

test('brought back closed it lets nobody in but the console, until it is rebuilt', async () => {
  await fleet.lockOut('one-1', 'power-off', operationId)
  await fleet.lockOut('one-1', 'bring-back-closed', randomUUID())
  for (const when of ['at once', 'after a restart']) {
    const member = fleet.member('one-1')
    expect(await signIn(member.adminDsn()), when).toBeNull()
    expect(await signIn(member.appDsn()), when).toBe('28000')
    expect(await signIn(await replicatorDsn(), true), when).toBe('28000')
    if (when === 'at once') await restart()
  }
  const promote = new Client(fleet.member('one-2').adminDsn())
  await promote.connect()
  await promote.query('SELECT pg_promote()')
  await promote.end()
  await fleet.rebuild('one-1', { source: 'one-2', operationId: randomUUID() })
  expect(await signIn(fleet.member('one-1').appDsn())).toBeNull()
  await restart()
  expect(await signIn(fleet.member('one-1').appDsn())).toBeNull()
})

test('what runs and was never switched off does not come back closed', async () => {
  expect(await refusal(fleet.lockOut('one-1', 'bring-back-closed', operationId))).toContain('was not powered off')
  await fleet.power('one-1', 'kill')
  await fleet.lockOut('one-1', 'bring-back-closed', operationId)
  expect(await signIn(fleet.member('one-1').appDsn())).toBe('28000')
})

test('a padlock whose power-off was cut short holds, and is finished by the same order', async () => {
  await fleet.stop()
  const half = { operationId, state: 'off', wasOn: true, offAt: null, pid: null, killedCount: 0 }
  await writeFile(
    join(dataDir, 'fleet-lockouts.json'),
    JSON.stringify({ version: 1, members: { 'one-1': half }, released: [] }),
  )
  await begin()
  expect(await powerOf('one-1')).toBe('off')
  const receipt = await fleet.lockOut('one-1', 'power-off', operationId)
  expect(receipt).toMatchObject({ state: 'off', wasOn: true, offAt: expect.any(String) })
})

test('power off ends a start that is under way, however far it has come', async () => {
  const { dir } = fleet.member('one-1').seat
  for (const afterMs of [0, 2, 5, 10, 20, 40, 80]) {
    const order = randomUUID()
    await fleet.power('one-1', 'kill')
    const starting = fleet.power('one-1', 'start').catch((error: unknown) => error)
    await pause(afterMs)
    await fleet.lockOut('one-1', 'power-off', order)
    expect(await processesOf(dir), `when the order is done, ${afterMs} ms after the start began`).toEqual([])
    await starting
    expect(await powerOf('one-1')).toBe('off')
    await fleet.lockOut('one-1', 'release', order)
  }
})

/** By their command line, so that one is found before it works in its folder. A dead one has none. */
async function processesOf(dir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines
    .map((line) => line.replaceAll('\0', ' '))
    .filter((line) => line.includes('postgres') && line.includes(dir))
}

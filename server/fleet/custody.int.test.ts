import { spawn } from 'node:child_process'
import { access, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { destroyFleet, findLockOwner, seatsIn } from './custody'
import type { Estate } from './estate'
import { findRecordedServersDir } from './place'
import { processesIn } from './processes'
import { startFleet } from './testing'

const projectRoot = resolve(import.meta.dirname, '../..')
const limits = { timeout: 30_000, interval: 50 }
const single: Estate = {
  cells: [{ name: 'one', kind: 'cell', database: 'app', members: [{ name: 'one-1', region: 'eu-west-1' }] }],
}
const made: string[] = []

afterEach(async () => {
  for (const dir of made.splice(0)) {
    await destroyFleet(dir)
    await rm(dir, { recursive: true, force: true })
  }
})

test('servers of a process killed with -9 are stopped by its guard, and the next start resumes them', async () => {
  const dataDir = await newDataDir(0o711)
  const owner = await startElsewhere(dataDir)
  const dirs = await seatsIn((await findRecordedServersDir(dataDir))!)
  expect((await processesIn(dirs[0]!)).length).toBeGreaterThan(1)
  process.kill(owner.pid, 'SIGKILL')
  await expect.poll(() => processesIn(dirs[0]!), limits).toEqual([])
  expect(await findLockOwner(dataDir)).toBeNull()
  const next = await startFleet(single, { dataDir })
  expect((await next.fleet.status()).members[0]).toMatchObject({ role: 'primary', power: 'on', port: owner.port })
  await next.stop()
})

test('with the guard killed too, the next start takes over what still runs, even frozen', async () => {
  const dataDir = await newDataDir(0o711)
  const owner = await startElsewhere(dataDir)
  const [dir] = await seatsIn((await findRecordedServersDir(dataDir))!)
  const before = await processesIn(dir!)
  for (const pid of before) process.kill(pid, 'SIGSTOP')
  process.kill(owner.guard, 'SIGKILL')
  process.kill(owner.pid, 'SIGKILL')
  await expect.poll(() => findLockOwner(dataDir), limits).toBeNull()
  const next = await startFleet(single, { dataDir })
  expect((await next.fleet.status()).members[0]).toMatchObject({ role: 'primary', power: 'on', port: owner.port })
  const after = await processesIn(dir!)
  expect(after.filter((pid) => before.includes(pid))).toEqual([])
  await next.stop()
})

test('a clone whose fleet was killed with its guard is swept away by the next start', async () => {
  const dataDir = await newDataDir(0o711)
  const pair: Estate = {
    cells: [{ ...single.cells[0]!, members: [...single.cells[0]!.members, { name: 'one-2', region: 'eu-central-1' }] }],
  }
  const owner = await startElsewhere(dataDir, pair, `await fleet.startClone('one-2', 'drill')`)
  const serversDir = (await findRecordedServersDir(dataDir))!
  const clone = (await seatsIn(serversDir)).find((dir) => dir.includes('.clone-'))!
  expect((await processesIn(clone)).length).toBeGreaterThan(1)
  process.kill(owner.guard, 'SIGKILL')
  process.kill(owner.pid, 'SIGKILL')
  await expect.poll(() => findLockOwner(dataDir), limits).toBeNull()
  const next = await startFleet(pair, { dataDir })
  expect(await processesIn(clone)).toEqual([])
  expect((await seatsIn(serversDir)).map((dir) => basename(dir)).sort()).toEqual(['one-1', 'one-2'])
  await next.stop()
})

test('a data directory that the servers’ account cannot reach gets a place of its own, which goes with it', async () => {
  const parent = await newDataDir(0o700)
  const dataDir = join(parent, 'inner')
  await mkdir(dataDir)
  const { fleet, stop } = await startFleet(single, { dataDir })
  expect((await fleet.status()).members[0]).toMatchObject({ role: 'primary', power: 'on' })
  const serversDir = (await findRecordedServersDir(dataDir))!
  expect(serversDir.startsWith(parent)).toBe(process.getuid?.() !== 0)
  await stop()
  await destroyFleet(dataDir)
  await expect(access(serversDir)).rejects.toMatchObject({ code: 'ENOENT' })
})

test.each<[string, (record: string) => Promise<void>]>([
  ['damaged', (record) => writeFile(record, '{ not json')],
  ['gone', (record) => rm(record)],
])(
  'where the record of the place is %s, the servers are found by their own mark and go all the same',
  async (_, harm) => {
    const dataDir = await newDataDir(0o711)
    const { stop } = await startFleet(single, { dataDir })
    const serversDir = (await findRecordedServersDir(dataDir))!
    await stop()
    await harm(join(dataDir, 'fleet-place.json'))
    await destroyFleet(dataDir)
    await expect(access(serversDir)).rejects.toMatchObject({ code: 'ENOENT' })
  },
)

test('a running fleet is not destroyed', async () => {
  const dataDir = await newDataDir(0o711)
  const { stop } = await startFleet(single, { dataDir })
  await expect(destroyFleet(dataDir)).rejects.toMatchObject({ code: 'already-running' })
  await stop()
})

async function newDataDir(mode: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'homeport-test-'))
  await chmod(dir, mode)
  made.push(dir)
  return dir
}

/** A fleet in another process, which says its own number, its guard's, and the server's port. */
async function startElsewhere(
  dataDir: string,
  estate = single,
  then = '',
): Promise<{ pid: number; guard: number; port: number }> {
  const script = `
    import { startFleet } from '@/server/fleet/testing'
    const { fleet } = await startFleet(${JSON.stringify(estate)}, { dataDir: ${JSON.stringify(dataDir)} })
    ${then}
    console.log(JSON.stringify({ pid: process.pid, guard: fleet.guard.pid, port: fleet.member('one-1').port }))
    setInterval(() => {}, 1_000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString())))
    child.once('exit', (code) => reject(new Error(`The other process ended with ${code}.`)))
  })
}

import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockDataDir } from '@/server/fleet/custody'
import { examineDataDir } from './examine-data-dir'
import { makeOwnFiles } from './own-files'

const MORE_THAN_ANY_DISK_BYTES = 1e18

let dir: string
beforeEach(async () => {
  dir = await realpath(await mkdtemp(path.join(os.tmpdir(), 'homeport-examine-')))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function makePlace(): Promise<void> {
  const servers = path.join(dir, 'servers')
  await mkdir(servers, { recursive: true })
  await writeFile(path.join(servers, '.homeport-servers.json'), JSON.stringify({ id: 'one', dataDir: dir }))
  await writeFile(path.join(dir, 'fleet-place.json'), JSON.stringify({ id: 'one', serversDir: servers }))
}

/** What a data directory holds once a start has come to its end. */
async function makeEstate(): Promise<void> {
  await makeOwnFiles(dir)
  await makePlace()
  const server = path.join(dir, 'servers/members/syd-1')
  await mkdir(server, { recursive: true })
  await writeFile(path.join(server, 'PG_VERSION'), '18')
  await writeFile(path.join(dir, 'fleet-secrets.json'), JSON.stringify({ version: 1, cells: {} }))
  await writeFile(
    path.join(dir, 'fleet-ports.json'),
    JSON.stringify({ version: 1, members: { 'syd-1': 1 }, relays: {} }),
  )
}

describe('a data directory before the start', () => {
  test.each([
    ['secrets.json', 'cut short', '{"authSecret": "ab'],
    ['secrets.json', 'of another shape', '[]'],
    ['people.json', 'cut short', '[{"name": "Vera'],
    ['people.json', 'empty', ''],
    ['people.json', 'of another shape', '[{"name": "Vera Lindqvist"}]'],
  ])('whose %s is %s is refused with the name of the file, which stays as it is', async (name, _, text) => {
    const file = path.join(dir, name)
    await writeFile(file, text)
    await expect(examineDataDir(dir)).rejects.toThrow(
      new Error(`${file} is damaged. Restore it, or begin anew with --fresh (all data goes).`),
    )
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  test.each(['secrets.json', 'people.json', 'fleet-secrets.json', 'fleet-place.json', 'servers/members/syd-1'])(
    'of an estate that has lost %s is refused with its name, and nothing is made in its stead',
    async (name) => {
      await makeEstate()
      await examineDataDir(dir)
      await rm(path.join(dir, name), { recursive: true })
      const left = await readdir(dir, { recursive: true })
      await expect(examineDataDir(dir)).rejects.toThrow(
        new Error(
          `${path.join(dir, name)} is missing although an estate exists there. Restore it, or begin anew with --fresh (all data goes).`,
        ),
      )
      expect(await readdir(dir, { recursive: true })).toEqual(left)
    },
  )

  test('of a first start that was killed is taken as it is, wherever that was', async () => {
    await makeOwnFiles(dir)
    await examineDataDir(dir)
    await makePlace()
    await examineDataDir(dir)
    await writeFile(path.join(dir, 'fleet-secrets.json'), JSON.stringify({ version: 1, cells: {} }))
    await examineDataDir(dir)
  })

  test('with files of others and no estate is refused, and nothing is made in it', async () => {
    await writeFile(path.join(dir, 'thesis.txt'), 'precious')
    await expect(examineDataDir(dir)).rejects.toThrow(
      new Error(
        `${dir} holds no estate of Homeport, but other files such as thesis.txt. Nothing was made; name an empty or a new directory with --data-dir.`,
      ),
    )
    expect(await readdir(dir)).toEqual(['thesis.txt'])
    await examineDataDir(dir, { isCleared: true })
  })

  test('with files of others beside an estate, or beside one that was begun, is taken', async () => {
    await writeFile(path.join(dir, 'thesis.txt'), 'precious')
    await makeOwnFiles(dir)
    await examineDataDir(dir)
    await makeEstate()
    await examineDataDir(dir)
  })

  test.each(['logs', 'browser-sessions.json', 'secrets.json.7-0f3a.draft', 'lost+found', 'start.log'])(
    'with nothing but %s is as good as empty',
    async (name) => {
      await mkdir(path.join(dir, name))
      await examineDataDir(dir)
    },
  )

  test('on which an estate runs is refused', async () => {
    const unlock = await lockDataDir(dir)
    await expect(examineDataDir(dir)).rejects.toThrow(
      `A fleet already runs on ${dir} (process ${process.pid}). Stop it, or use another --data-dir.`,
    )
    await unlock()
    await examineDataDir(dir)
  })

  test('on a disk without room for a new estate is refused with what is free, what is needed and the option', async () => {
    const place = path.join(dir, 'not/made/yet')
    await expect(examineDataDir(place, { newEstateBytes: MORE_THAN_ANY_DISK_BYTES })).rejects.toThrow(
      /^The disk of \S+\/not\/made\/yet has [\d.]+ GB free and a new estate needs 1000000000\.0 GB\. .*--data-dir\.$/,
    )
    expect(await readdir(dir)).toEqual([])
  })

  test('with an estate needs no room for a new one', async () => {
    await makeEstate()
    await examineDataDir(dir, { newEstateBytes: MORE_THAN_ANY_DISK_BYTES })
  })

  test('that is or lies in a file is refused', async () => {
    const file = path.join(dir, 'file')
    await writeFile(file, '')
    await expect(examineDataDir(file)).rejects.toThrow(`${file} is not a directory. Name one with --data-dir.`)
    await expect(examineDataDir(path.join(file, 'in'))).rejects.toThrow('is not a directory')
  })

  test.runIf(process.platform === 'linux')('on a file system that has no size is not held up for room', async () => {
    await examineDataDir('/proc/nope', { newEstateBytes: MORE_THAN_ANY_DISK_BYTES })
  })
})

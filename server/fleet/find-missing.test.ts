import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stopLeftovers } from './custody'
import { findMissing } from './find-missing'

let dir: string
let servers: string
beforeEach(async () => {
  dir = await realpath(await mkdtemp(path.join(os.tmpdir(), 'homeport-missing-')))
  servers = path.join(dir, 'servers')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const put = (name: string, content: unknown) => writeFile(path.join(dir, name), JSON.stringify(content))
const take = (name: string) => rm(path.join(dir, name), { recursive: true })
const build = async (member: string, folder = servers) => {
  await mkdir(path.join(folder, 'members', member), { recursive: true })
  await writeFile(path.join(folder, 'members', member, 'PG_VERSION'), '18\n')
}

/** What the first start of a fleet makes, in its order. */
const place = async (folder = servers) => {
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, '.homeport-servers.json'), JSON.stringify({ id: 'one', dataDir: dir }))
  await put('fleet-place.json', { id: 'one', serversDir: folder })
}
const secrets = () => put('fleet-secrets.json', { version: 1, cells: {} })
const ports = () => put('fleet-ports.json', { version: 1, members: { catalog: 1, 'syd-1': 2 }, relays: {} })
const wholeFleet = async (folder = servers) => {
  await place(folder)
  await secrets()
  await build('catalog', folder)
  await build('syd-1', folder)
  await ports()
}

describe('a fleet that was there before', () => {
  test('misses nothing when it is whole, and nothing when it never was', async () => {
    expect(await findMissing(path.join(dir, 'not/made/yet'))).toBeNull()
    expect(await findMissing(dir)).toBeNull()
    await wholeFleet()
    expect(await findMissing(dir)).toBeNull()
  })

  test.each([
    'fleet-place.json',
    'fleet-secrets.json',
    'servers',
    'servers/members',
    'servers/members/catalog',
    'servers/members/syd-1',
  ])('misses %s', async (name) => {
    await wholeFleet()
    await take(name)
    const named = name === 'servers/members' ? 'servers/members/catalog' : name
    expect(await findMissing(dir)).toBe(path.join(dir, named))
  })

  test('misses its passwords when it has servers and was killed before it knew its ports', async () => {
    await wholeFleet()
    await take('fleet-ports.json')
    expect(await findMissing(dir)).toBeNull()
    await take('fleet-secrets.json')
    expect(await findMissing(dir)).toBe(path.join(dir, 'fleet-secrets.json'))
  })

  test('misses a server whose folder is elsewhere', async () => {
    const elsewhere = path.join(dir, 'elsewhere')
    await wholeFleet(elsewhere)
    expect(await findMissing(dir)).toBeNull()
    await take('elsewhere/members/syd-1')
    expect(await findMissing(dir)).toBe(path.join(elsewhere, 'members', 'syd-1'))
    await take('elsewhere')
    expect(await findMissing(dir)).toBe(elsewhere)
  })

  test('misses nothing after a first start that was killed, wherever that was', async () => {
    await mkdir(servers)
    expect(await findMissing(dir), 'with a folder for servers').toBeNull()
    await place()
    expect(await findMissing(dir), 'with its place on record').toBeNull()
    await secrets()
    expect(await findMissing(dir), 'with passwords').toBeNull()
    await build('catalog.building-00000000')
    expect(await findMissing(dir), 'with half a server').toBeNull()
    await build('catalog')
    expect(await findMissing(dir), 'with one of its servers').toBeNull()
  })

  test('has a server again that was set aside when its replacement was cut off', async () => {
    await wholeFleet()
    await build('syd-1.replaced')
    await take('servers/members/syd-1')
    await build('catalog.replaced')
    expect(await findMissing(dir)).toBeNull()
    await stopLeftovers(servers)
    expect(await readdir(path.join(servers, 'members'))).toEqual(['catalog', 'syd-1'])
    expect(await findMissing(dir)).toBeNull()
  })
})

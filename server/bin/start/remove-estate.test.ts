import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeOwnFiles } from './own-files'
import { refuseForeignDirectory, removeEstateFiles } from './remove-estate'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'homeport-fresh-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const put = (name: string) => writeFile(path.join(dir, name), 'precious')

describe('--fresh', () => {
  test('refuses a directory that never held an estate, and removes nothing', async () => {
    await put('thesis.txt')
    await expect(refuseForeignDirectory(dir)).rejects.toThrow('Nothing was removed')
    expect(await readdir(dir)).toEqual(['thesis.txt'])
  })

  test.each(['fleet-secrets.json', 'fleet-ports.json'])('takes what is left of an estate for one: %s', async (name) => {
    await put(name)
    await refuseForeignDirectory(dir)
  })

  test('takes what a start left that was killed before its servers for one, but no other secrets', async () => {
    await makeOwnFiles(dir)
    await refuseForeignDirectory(dir)
    await put('secrets.json')
    await expect(refuseForeignDirectory(dir)).rejects.toThrow('Nothing was removed')
  })

  test('removes the estate and the directory', async () => {
    await put('fleet-place.json')
    await put('people.json')
    await mkdir(path.join(dir, 'logs'))
    await refuseForeignDirectory(dir)
    await expect(removeEstateFiles(dir)).resolves.toEqual({ keptCount: 0 })
    await expect(readdir(dir)).rejects.toThrow('ENOENT')
  })

  test('keeps what is not its own beside an estate', async () => {
    await put('fleet-place.json')
    await put('thesis.txt')
    await refuseForeignDirectory(dir)
    await expect(removeEstateFiles(dir)).resolves.toEqual({ keptCount: 1 })
    expect(await readdir(dir)).toEqual(['thesis.txt'])
  })

  test('takes a directory that does not exist or is empty for a fresh one', async () => {
    await refuseForeignDirectory(dir)
    await refuseForeignDirectory(path.join(dir, 'none'))
    await expect(removeEstateFiles(path.join(dir, 'none'))).resolves.toEqual({ keptCount: 0 })
  })
})

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { examineDataDir } from './examine-data-dir'

const MORE_THAN_ANY_DISK_BYTES = 1e18

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'homeport-examine-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

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

  test('on a disk without room for a new estate is refused with what is free, what is needed and the option', async () => {
    const place = path.join(dir, 'not/made/yet')
    await expect(examineDataDir(place, { newEstateBytes: MORE_THAN_ANY_DISK_BYTES })).rejects.toThrow(
      /^The disk of \S+\/not\/made\/yet has [\d.]+ GB free and a new estate needs 1000000000\.0 GB\. .*--data-dir\.$/,
    )
    expect(await readdir(dir)).toEqual([])
  })

  test('with an estate needs no room for a new one', async () => {
    await writeFile(path.join(dir, 'fleet-place.json'), '{}')
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

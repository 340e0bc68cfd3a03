import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeFolder, nearestFolder } from './make-folder'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'homeport-folder-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const modeOf = async (folder: string) => (await stat(folder)).mode & 0o777

describe('making a folder', () => {
  test('makes every missing level with the mode, and leaves what exists as it is', async () => {
    await mkdir(path.join(dir, 'a'), { mode: 0o750 })
    await makeFolder(path.join(dir, 'a/b/c'), { mode: 0o711 })
    await makeFolder(path.join(dir, 'a/b/c'), { mode: 0o700 })
    expect(await modeOf(path.join(dir, 'a'))).toBe(0o750)
    expect(await modeOf(path.join(dir, 'a/b'))).toBe(0o711)
    expect(await modeOf(path.join(dir, 'a/b/c'))).toBe(0o711)
  })

  test('succeeds for all who make the same folder at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path.join(dir, 'a/b/c'), { mode: 0o711 })))
    expect(await nearestFolder(path.join(dir, 'a/b/c/d/e'))).toBe(path.join(dir, 'a/b/c'))
  })

  test('refuses a place that is or lies in a file, and a link to nowhere', async () => {
    await writeFile(path.join(dir, 'file'), '')
    await symlink(path.join(dir, 'nowhere'), path.join(dir, 'link'))
    const make = (name: string) => makeFolder(path.join(dir, name), { mode: 0o711 })
    await expect(make('file')).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(make('file/inside')).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(make('link')).rejects.toMatchObject({ code: 'EEXIST' })
  })
})

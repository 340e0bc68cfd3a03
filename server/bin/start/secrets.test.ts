import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadSecrets } from './secrets'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'homeport-secrets-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('the console’s own secrets', () => {
  test('are made once and kept where only the owner can read', async () => {
    const first = await loadSecrets(dir)
    expect(await loadSecrets(dir)).toEqual(first)
    expect(await readdir(dir)).toEqual(['secrets.json'])
    expect((await stat(path.join(dir, 'secrets.json'))).mode & 0o777).toBe(0o600)
  })

  test('are the same for two starts that make them at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => loadSecrets(dir)))
    for (const secrets of made) expect(secrets).toEqual(made[0])
    expect(await readdir(dir)).toEqual(['secrets.json'])
  })

  test.each([
    ['cut short', '{"authSecret": "abc'],
    ['empty', ''],
    ['of another shape', '{"authSecret": 1}'],
  ])('when the file is %s, the refusal names it and it stays as it is', async (_, text) => {
    const file = path.join(dir, 'secrets.json')
    await writeFile(file, text)
    await expect(loadSecrets(dir)).rejects.toThrow(
      new Error(`${file} is damaged. Restore it, or begin anew with --fresh (all data goes).`),
    )
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})

import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { explainEnd } from './explain-end'
import { createSupervisor, prepareLogs } from './supervise'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'homeport-supervise-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** Runs a script as an essential child and says how it is given up. */
function runToItsEnd(logDir: string, script: string): Promise<string> {
  return new Promise((resolve) => {
    const onGivingUp = (name: string, lastWords: string) => resolve(explainEnd(name, { dataDir: dir, lastWords }))
    createSupervisor({ logDir, onGivingUp }).start({ name: 'fleet', args: ['-e', script], env: {}, essential: true })
  })
}

describe('a child that ends for good', () => {
  test('on a full disk is reported with the reason', async () => {
    const script = `console.error('could not write: No space left on device'); process.exitCode = 1`
    await mkdir(path.join(dir, 'logs'))
    expect(await runToItsEnd(path.join(dir, 'logs'), script)).toMatch(
      /^The fleet process ended because the disk is full/,
    )
    expect(await readFile(path.join(dir, 'logs/fleet.log'), 'utf8')).toContain('No space left')
  })

  test('for another reason is reported with its log alone', async () => {
    expect(await runToItsEnd(dir, 'process.exitCode = 1')).toBe(
      `The fleet process keeps ending; see ${path.join(dir, 'logs/fleet.log')}.`,
    )
  })

  test('writes on when its log cannot be written, and is still heard', async () => {
    const script = `process.stdout.write('x'.repeat(4e6), () => { console.log('ENOSPC: no space left'); process.exitCode = 1 })`
    expect(await runToItsEnd(path.join(dir, 'missing'), script)).toContain('the disk is full')
  })
})

describe('the folder of logs', () => {
  test('is made for the owner alone, in a data directory that servers can pass through', async () => {
    await prepareLogs(path.join(dir, 'estate/logs'), ['fleet'])
    expect((await stat(path.join(dir, 'estate'))).mode & 0o777).toBe(0o711)
    expect((await stat(path.join(dir, 'estate/logs'))).mode & 0o777).toBe(0o700)
  })

  test.runIf(process.platform === 'linux')('that cannot be made is refused with one sentence', async () => {
    await expect(prepareLogs('/proc/logs', ['fleet'])).rejects.toThrow(
      'The data directory /proc cannot be written to (ENOENT). Name another one with --data-dir.',
    )
  })
})

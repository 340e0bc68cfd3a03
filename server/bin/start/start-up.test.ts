import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockDataDir } from '@/server/fleet/custody'

const root = path.resolve(import.meta.dirname, '../../..')
const TIMEOUT_MS = 60_000

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'homeport-start-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** What a start says that is refused; null as the code when it had to be killed. */
async function start(dataDir: string): Promise<{ code: unknown; says: string }> {
  const args = ['--import', 'tsx', 'server/bin/start.ts', '--port', String(await findFreePort()), '--data-dir', dataDir]
  const options = { cwd: root, timeout: TIMEOUT_MS / 2, killSignal: 'SIGKILL' as const }
  return new Promise((resolve) =>
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? null), says: stdout + stderr }),
    ),
  )
}

async function findFreePort(): Promise<number> {
  const probe = net.createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as net.AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

describe('npm start', { timeout: TIMEOUT_MS }, () => {
  test('finds a damaged file before it starts anything', async () => {
    const file = path.join(dir, 'people.json')
    await writeFile(file, '[{')
    expect(await start(dir)).toEqual({
      code: 1,
      says: `${file} is damaged. Restore it, or begin anew with --fresh (all data goes).\n`,
    })
    expect(await readdir(dir)).toEqual(['people.json'])
  })

  test('says one sentence and no more when the estate runs already', async () => {
    const unlock = await lockDataDir(dir)
    expect(await start(dir)).toEqual({
      code: 1,
      says: `A fleet already runs on ${dir} (process ${process.pid}). Stop it, or use another --data-dir.\n`,
    })
    await unlock()
    expect(await readdir(dir)).toEqual([])
  })

  test.runIf(process.platform === 'linux')('ends at once where no data directory can be made', async () => {
    expect(await start('/proc/nope/estate')).toEqual({
      code: 1,
      says: 'The data directory /proc/nope/estate cannot be made (ENOENT). Name another one with --data-dir.\n',
    })
  })
})

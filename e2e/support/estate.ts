import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export type RunningEstate = { url: string; dataDir: string; startMs: number; stop(): Promise<void> }

const START_TIMEOUT_MS = 10 * 60_000
const STOP_TIMEOUT_MS = 60_000
const POLL_MS = 250

/** `npm start`, as a newcomer would type it, on a free port and in a directory of its own that goes with it. */
export async function startEstate({
  rate = 50,
  dataDir,
}: {
  rate?: number
  dataDir?: string
} = {}): Promise<RunningEstate> {
  const home = dataDir ?? (await mkdtemp(path.join(os.tmpdir(), 'homeport-estate-')))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const startedAt = performance.now()
  const args = ['start', '--', '--port', String(port), '--data-dir', home, '--rate', String(rate)]
  const child = spawn('npm', args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
  try {
    await untilReady(url, child)
  } catch (error) {
    await stop(child)
    throw error
  }
  return {
    url,
    dataDir: home,
    startMs: performance.now() - startedAt,
    stop: async () => {
      await stop(child)
      if (!dataDir) await rm(home, { recursive: true, force: true })
    },
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + START_TIMEOUT_MS
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`npm start ended with exit code ${child.exitCode}.`)
    const answer = await fetch(`${url}/api/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await wait(POLL_MS)
  }
  throw new Error('npm start was not ready after ten minutes.')
}

/** Ctrl-C in the terminal: SIGINT to the whole foreground group. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.pid) return
  const closed = new Promise<boolean>((resolve) => child.once('close', () => resolve(true)))
  process.kill(-child.pid, 'SIGINT')
  const ended = await Promise.race([closed, wait(STOP_TIMEOUT_MS, false)])
  if (!ended) throw new Error('npm start did not end within a minute of Ctrl-C.')
}

export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export type DemoPerson = { name: string; email: string; role: string; password: string; totpSecret: string }

/** The five demo people, as the first start wrote them down. */
export async function readPeople(dataDir: string): Promise<DemoPerson[]> {
  return JSON.parse(await readFile(path.join(dataDir, 'people.json'), 'utf8')) as DemoPerson[]
}

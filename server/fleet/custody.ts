import { type ChildProcess, spawn } from 'node:child_process'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { bareEnvironment } from './environment'
import { FleetError } from './fleet-error'
import { findServersToRemove, removeServersDir } from './place'
import { abandonPostmaster, formerDir, isClone, isScrap, killPostmaster, stopPostmaster } from './postmaster'
import { birthMark } from './processes'

const LOCK = 'fleet.lock'
const FLEET_FILES = [LOCK, 'fleet.json', 'fleet-secrets.json', 'fleet-ports.json', 'fleet-lockouts.json']
const LOCK_ATTEMPTS_MAX = 3
const REMOVALS_RETRIED_MAX = 3
const Lock = z.object({ pid: z.number(), birth: z.string() })
const projectRoot = resolve(import.meta.dirname, '../..')

/** What becomes of the servers when the process that runs them dies without a word. */
export type Afterlife = 'stop' | 'destroy'

/**
 * One process runs the fleet of a data directory. The lock names it and when it was born, so that a dead owner's lock
 * never holds and a reused process number is not taken for the owner.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, LOCK)
  const own = `${path}.${process.pid}`
  await writeFile(own, JSON.stringify({ pid: process.pid, birth: (await birthMark(process.pid)) ?? '' }), {
    mode: 0o600,
  })
  try {
    for (let attempt = 1; attempt <= LOCK_ATTEMPTS_MAX; attempt += 1) {
      if (await linkIfAbsent(own, path)) return once(() => rm(path, { force: true }))
      await refuseRunningFleet(dataDir)
      await rename(path, `${own}.stale`).catch(() => {}) // a rename, because of two starts that see it stale only one moves it
      await rm(`${own}.stale`, { force: true })
    }
  } finally {
    await rm(own, { force: true })
  }
  throw new FleetError('already-running', `Another start is taking ${dataDir} right now. Try again.`)
}

/** Throws `already-running` while a live process runs the fleet of this data directory, which need not exist. */
export async function refuseRunningFleet(dataDir: string): Promise<void> {
  const owner = await findLockOwner(dataDir)
  if (owner)
    throw new FleetError(
      'already-running',
      `A fleet already runs on ${dataDir} (process ${owner}). Stop it, or use another --data-dir.`,
    )
}

/** A second release must not take away the lock of whoever came after. */
function once(release: () => Promise<void>): () => Promise<void> {
  let released: Promise<void> | null = null
  return () => (released ??= release())
}

/** The race's judge: of two links to one name only one is made, and the file is complete when its name appears. */
async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
      return false
    },
  )
}

/** The live process that runs the fleet of a data directory, or null. */
export async function findLockOwner(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, LOCK), 'utf8').catch(() => null)
  if (!text) return null
  const lock = Lock.safeParse(parseJson(text))
  if (!lock.success) return null
  return (await birthMark(lock.data.pid)) === lock.data.birth ? lock.data.pid : null
}

/** Every data directory of a server under the servers' folder, half-made ones included. */
export async function seatsIn(serversDir: string): Promise<string[]> {
  const names = await readdir(join(serversDir, 'members')).catch(() => [])
  return names.map((name) => join(serversDir, 'members', name))
}

/**
 * Stops what an earlier run of this data directory left running (frozen or not) and removes what it left half made. A server
 * that was set aside for a replacement which never took its place is what it was again.
 */
export async function stopLeftovers(serversDir: string): Promise<void> {
  const seats = await seatsIn(serversDir)
  await Promise.all(
    seats.map(async (dir) => {
      if (!isScrap(dir)) return stopPostmaster(dir)
      await (isClone(dir) ? abandonPostmaster(dir) : killPostmaster(dir))
      const former = formerDir(dir)
      if (former && !seats.includes(former)) return rename(dir, former)
      await rm(dir, { recursive: true, force: true, maxRetries: REMOVALS_RETRIED_MAX })
    }),
  )
}

/** Removes the fleet of a data directory for good: its servers, their data, passwords and ports. Refused while one runs. */
export async function destroyFleet(dataDir: string): Promise<void> {
  await refuseRunningFleet(dataDir)
  await destroyServers(dataDir)
  for (const name of FLEET_FILES) await rm(join(dataDir, name), { force: true })
}

/** Ends what runs on a data directory and removes its servers. For `--fresh` and for throw-away fleets. */
export async function destroyServers(dataDir: string): Promise<void> {
  const serversDir = await findServersToRemove(dataDir)
  if (serversDir) await Promise.all((await seatsIn(serversDir)).map(abandonPostmaster))
  await removeServersDir(dataDir)
}

/**
 * A guard process outlives us by a moment. It waits for the end of a pipe that only we hold open; if we did not release it
 * first, we were killed, and it stops (or destroys) the servers. Until then it is a shell of one megabyte.
 */
export class Guard {
  readonly #shell: ChildProcess

  constructor(dataDir: string, afterlife: Afterlife) {
    const wait = `trap '' INT TERM HUP; while read -r word; do [ "$word" = released ] && exit 0; done; exec "$@"`
    const reap = [process.execPath, '--import', 'tsx', 'server/bin/fleet-reap.ts', dataDir, afterlife]
    this.#shell = spawn('/bin/sh', ['-c', wait, 'sh', ...reap], {
      cwd: projectRoot,
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: bareEnvironment({ TMPDIR: process.env.TMPDIR }),
    })
    this.#shell.on('error', () => {}) // without a shell there is no guard; the next start cleans up instead
    this.#shell.stdin?.on('error', () => {})
    this.#shell.unref()
    if (this.#shell.stdin instanceof Socket) this.#shell.stdin.unref()
  }

  get pid(): number | undefined {
    return this.#shell.pid
  }

  release(): void {
    this.#shell.stdin?.end('released\n')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // a lock cut short by a full disk or a kill holds nobody out
  }
}

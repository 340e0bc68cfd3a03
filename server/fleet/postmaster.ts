import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runtime } from './binaries'
import { bareEnvironment } from './environment'
import { FleetError } from './fleet-error'
import { isPortFree } from './ports'
import { type ProcessState, processesIn, processState, signalProcess, worksIn } from './processes'
import type { Account } from './server-account'
import { pause, until } from './waiting'

const START_TIMEOUT_MS = 30_000
/** For a start that fails although nothing stands in its way; with orphaned backends the retries go on for longer. */
const START_ATTEMPTS_MAX = 4
const START_RETRIES_TIMEOUT_MS = 15_000
const START_RETRY_MS = 250
const STOP_TIMEOUT_MS = 4_000
const IMMEDIATE_STOP_TIMEOUT_MS = 2_000
const DEATH_TIMEOUT_MS = 5_000
const FREEZE_TIMEOUT_MS = 10_000
const SINGLE_USER_TIMEOUT_MS = 10_000
const POLL_MS = 10
const LOG_BYTES_MAX = 8 * 1024 * 1024
const LOG_TAIL_BYTES = 2_000
const OUTGOING = '.replaced'

/**
 * A folder in which a data directory is made before it takes its place. Its name is new each time, because the tools of a
 * killed start may still be at work in the last one, and tidy it up when they fail.
 */
export function buildingDir(dir: string): string {
  return `${dir}.building-${randomBytes(4).toString('hex')}`
}

/** A throw-away copy of the server in `dir`, under a name that was never used before. */
export function cloneDir(dir: string): { dir: string; id: string } {
  const id = randomBytes(4).toString('hex')
  return { dir: `${dir}.clone-${id}`, id }
}

export function isClone(dir: string): boolean {
  return /\.clone-/.test(dir)
}

/** Where a server's data directory waits while its replacement takes its place. */
export function outgoingDir(dir: string): string {
  return `${dir}${OUTGOING}`
}

/** The data directory that an outgoing one was until then; null for any other folder. */
export function formerDir(dir: string): string | null {
  return dir.endsWith(OUTGOING) ? dir.slice(0, -OUTGOING.length) : null
}

/** Whether a folder beside the data directories is a half-made, an outgoing or a throw-away one, of no use to a later start. */
export function isScrap(dir: string): boolean {
  return /\.(building-|replaced$|clone-)/.test(dir)
}

/** One server on this machine. `dir` is its data directory, a real path: it is the server's identity. */
export type Seat = { dir: string; logFile: string; runtime: Runtime; account: Account | null }
/** By data directory: a server that was spawned and that neither its lock file nor its working directory names yet. */
const spawned = new Map<string, number>()
export type RunningPostmaster = { pid: number; state: ProcessState }

export class PortTaken extends Error {}

/** The live postmaster of this data directory, or null. Looks at the process itself, never only at the lock file. */
export async function findPostmaster(dir: string): Promise<RunningPostmaster | null> {
  const pid = Number((await lockFileLines(dir))[0])
  if (!Number.isInteger(pid) || pid <= 1) return null
  const state = await processState(pid)
  if (state === 'gone' || !(await worksIn(pid, dir))) return null
  return { pid, state }
}

/**
 * Starts the server and waits until it accepts connections. PostgreSQL refuses for a second or two after its postmaster
 * was killed with busy backends, so a refused start is repeated, a limited number of times. Throws PortTaken,
 * `server-failed` with the end of the server's log, or the signal's reason: power off beats a start that is under way.
 */
export async function startPostmaster(
  seat: Seat,
  own: { port: number; clusterName: string },
  signal: AbortSignal,
): Promise<number> {
  await boundLog(seat.logFile)
  const retryUntilMs = performance.now() + START_RETRIES_TIMEOUT_MS
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    const started = await tryStart(seat, own, signal)
    if (typeof started === 'number') return started
    if (!(await isPortFree(own.port))) throw new PortTaken()
    const hasOrphans = (await processesIn(seat.dir)).length > 0
    if ((attempt >= START_ATTEMPTS_MAX && !hasOrphans) || performance.now() > retryUntilMs) {
      const tail = await logTail(seat.logFile)
      throw new FleetError('server-failed', `PostgreSQL in ${seat.dir} does not start. Its log ends: ${tail}`)
    }
    await pause(START_RETRY_MS)
  }
}

/** Fast shutdown; past the deadline immediate shutdown; past that the plug is pulled. Says which it took. */
export async function stopPostmaster(dir: string): Promise<'fast' | 'immediate' | 'killed' | 'was-off'> {
  const running = await findPostmaster(dir)
  if (!running) return (await killPostmaster(dir)).killedCount > 0 ? 'killed' : 'was-off'
  await thaw(dir)
  if (await endsAfter(dir, running.pid, 'SIGINT', STOP_TIMEOUT_MS)) return 'fast'
  if (await endsAfter(dir, running.pid, 'SIGQUIT', IMMEDIATE_STOP_TIMEOUT_MS)) return 'immediate'
  await killPostmaster(dir)
  return 'killed'
}

/**
 * Power off: when this returns, no process of the server is left. Backends outlive a killed postmaster and may still
 * commit, so they are killed with it; the postmaster is stopped first, so that it can fork no more of them. One that is only
 * just being started is killed as well: whoever cancels its start before calling this leaves no moment in between.
 */
export async function killPostmaster(dir: string): Promise<{ postmaster: number | null; killedCount: number }> {
  const begun = spawned.get(dir)
  if (begun) signalProcess(begun, 'SIGSTOP')
  const running = await findPostmaster(dir)
  if (running) signalProcess(running.pid, 'SIGSTOP')
  const killed = [...new Set([...(begun ? [begun] : []), ...(await processesIn(dir))])]
  for (const pid of killed) signalProcess(pid, 'SIGKILL')
  await until(`the processes of ${dir} to end`, { timeoutMs: DEATH_TIMEOUT_MS, everyMs: POLL_MS }, async () =>
    (await Promise.all(killed.map(processState))).every((state) => state === 'gone') ? true : null,
  )
  return { postmaster: running?.pid ?? null, killedCount: killed.length }
}

/**
 * Ends a server whose data will be removed: immediate shutdown, no checkpoint. One that was killed has left its shared
 * memory behind, which only another start on the same data would free, so that start is made, without listening.
 */
export async function abandonPostmaster(dir: string): Promise<void> {
  const running = await findPostmaster(dir)
  if (running) {
    await thaw(dir)
    if (await endsAfter(dir, running.pid, 'SIGQUIT', IMMEDIATE_STOP_TIMEOUT_MS)) return
    await killPostmaster(dir)
  }
  if ((await lockFileLines(dir)).length > 1) await freeSharedMemory(dir)
}

/** kill -9 of the postmaster alone: its backends find out by themselves, and may commit before they do. */
export async function killPostmasterOnly(dir: string): Promise<number | null> {
  const running = await findPostmaster(dir)
  if (!running) return null
  // Waited for, or a start straight after would find it alive and leave it alone.
  await endsAfter(dir, running.pid, 'SIGKILL', DEATH_TIMEOUT_MS)
  return running.pid
}

/**
 * SIGSTOP of the postmaster and, unless told otherwise, of its backends. Returns once they have stopped: a signal takes
 * effect later on a busy machine, and a thaw in between would find a running server and leave the stop to come.
 */
export async function freeze(dir: string, only?: 'postmaster'): Promise<number | null> {
  const running = await findPostmaster(dir)
  if (!running) return null
  signalProcess(running.pid, 'SIGSTOP')
  await untilStopped(dir, async () => [running.pid])
  if (only === 'postmaster') return running.pid
  await untilStopped(dir, () => processesIn(dir))
  return running.pid
}

/** Signals at each look those that still run: with the postmaster stopped, no new ones appear. */
function untilStopped(dir: string, family: () => Promise<number[]>): Promise<true> {
  return until(`the processes of ${dir} to stop`, { timeoutMs: FREEZE_TIMEOUT_MS, everyMs: POLL_MS }, async () => {
    const pids = await family()
    const states = await Promise.all(pids.map(processState))
    for (const [index, pid] of pids.entries()) if (states[index] === 'running') signalProcess(pid, 'SIGSTOP')
    return states.includes('running') ? null : (true as const)
  })
}

export async function thaw(dir: string): Promise<void> {
  for (const pid of await processesIn(dir)) signalProcess(pid, 'SIGCONT')
}

async function freeSharedMemory(dir: string): Promise<void> {
  const commandLine = await readFile(join(dir, 'postmaster.opts'), 'utf8').catch(() => '')
  const program = commandLine.split(' "')[0]
  const { uid, gid } = await stat(dir)
  if (!program) return
  const account = process.getuid?.() === 0 ? { uid, gid } : {}
  const options = { cwd: '/', env: bareEnvironment(), timeout: SINGLE_USER_TIMEOUT_MS, ...account }
  // It fails on a standby, after it has freed what we want freed.
  await new Promise((resolve) => {
    execFile(program, ['--single', '-D', dir, 'postgres'], options, resolve).stdin?.end()
  })
}

/** One start: the process number, or null when the server ended before it was ready. */
async function tryStart(
  seat: Seat,
  own: { port: number; clusterName: string },
  signal: AbortSignal,
): Promise<number | null> {
  const logFile = await open(seat.logFile, 'a')
  try {
    signal.throwIfAborted() // from here to the entry in `spawned` nothing is waited for
    const options = [`port=${own.port}`, `cluster_name=${own.clusterName}`, 'listen_addresses=127.0.0.1']
    const server = spawn(seat.runtime.postgres, ['-D', seat.dir, ...options.flatMap((option) => ['-c', option])], {
      cwd: '/',
      detached: true, // Ctrl-C in the terminal is for the fleet, which shuts down in order
      stdio: ['ignore', logFile.fd, logFile.fd],
      env: bareEnvironment(),
      ...seat.account,
    })
    let hasEnded = false
    const noteEnd = () => {
      hasEnded = true
      spawned.delete(seat.dir)
    }
    if (server.pid) spawned.set(seat.dir, server.pid)
    server.on('exit', noteEnd)
    server.on('error', noteEnd)
    server.unref()
    return await until(
      `PostgreSQL in ${seat.dir} to start`,
      { timeoutMs: START_TIMEOUT_MS, everyMs: POLL_MS },
      async () => {
        if (signal.aborted && server.pid) signalProcess(server.pid, 'SIGKILL')
        signal.throwIfAborted()
        if (hasEnded) return { pid: null }
        const lines = await lockFileLines(seat.dir)
        return Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready' ? { pid: server.pid as number } : null
      },
    ).then((outcome) => outcome.pid)
  } finally {
    spawned.delete(seat.dir)
    await logFile.close()
  }
}

async function endsAfter(dir: string, pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
  signalProcess(pid, signal)
  return until(`PostgreSQL in ${dir} to stop`, { timeoutMs, everyMs: POLL_MS }, async () =>
    (await processState(pid)) === 'gone' ? true : null,
  ).catch(() => false)
}

/** postmaster.pid: process, data directory, start time, port, socket directory, address, shared memory key, status. */
async function lockFileLines(dir: string): Promise<string[]> {
  return (await readFile(join(dir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
}

async function boundLog(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > LOG_BYTES_MAX) await truncate(logFile)
}

async function logTail(logFile: string): Promise<string> {
  return (await readFile(logFile, 'utf8').catch(() => ''))
    .slice(-LOG_TAIL_BYTES)
    .trim()
    .split('\n')
    .slice(-4)
    .join(' | ')
}

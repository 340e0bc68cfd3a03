import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import path from 'node:path'

export type ChildSpec = {
  name: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  /** Its end is the end of everything: true for the fleet, whose servers cannot be swapped under running clients. */
  essential?: boolean
}

export type Supervisor = {
  /** Starts a child and keeps it running: one that dies is started again, a bounded number of times a minute. */
  start(spec: ChildSpec): ChildProcess
  /** Stops the children in the reverse order of their start. Resolves when none is left. */
  stopAll(): Promise<void>
}

const STOP_TIMEOUT_MS = 10_000
const RESTART_DELAY_MS = 1_000
const RESTARTS_PER_MINUTE_MAX = 5
const LOG_BYTES_MAX = 20 * 1024 * 1024

/**
 * Children are leaders of their own process groups, so that Ctrl-C reaches only the supervisor and it can stop them in
 * order; the IPC channel tells them when the supervisor itself was killed.
 */
export function createSupervisor(options: { logDir: string; onGivingUp: (name: string) => void }): Supervisor {
  const running: { spec: ChildSpec; child: ChildProcess }[] = []
  let stopping = false

  function start(spec: ChildSpec, restarts: readonly number[] = []): ChildProcess {
    const child = spawn(process.execPath, [...spec.args], {
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    const log = createWriteStream(path.join(options.logDir, `${spec.name}.log`), { flags: 'a' })
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    const entry = { spec, child }
    running.push(entry)
    child.once('close', () => {
      log.end()
      running.splice(running.indexOf(entry), 1)
      if (stopping) return
      const now = Date.now()
      const recent = [...restarts.filter((at) => now - at < 60_000), now]
      if (spec.essential || recent.length > RESTARTS_PER_MINUTE_MAX) options.onGivingUp(spec.name)
      else setTimeout(() => !stopping && start(spec, recent), RESTART_DELAY_MS)
    })
    return child
  }

  async function stopAll(): Promise<void> {
    stopping = true
    for (const { child } of [...running].reverse()) await stop(child)
  }

  return { start: (spec) => start(spec), stopAll }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    child.once('close', () => {
      clearTimeout(deadline)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

/** Sets aside logs that have grown large; one old copy is kept. */
export async function prepareLogs(logDir: string, names: readonly string[]): Promise<void> {
  // The servers run as another user and must get through to their own folder below; logs are nobody else's.
  await makeDataDir(path.dirname(logDir))
  await mkdir(logDir, { recursive: true, mode: 0o700 })
  for (const name of names) {
    const file = path.join(logDir, `${name}.log`)
    const size = (await stat(file).catch(() => null))?.size ?? 0
    if (size > LOG_BYTES_MAX) await rename(file, `${file}.1`)
  }
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`The data directory ${dataDir} cannot be made (${code}). Name another one with --data-dir.`)
  }
}

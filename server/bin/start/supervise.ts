import { type ChildProcess, spawn } from 'node:child_process'
import { constants, createWriteStream } from 'node:fs'
import { access, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from './make-folder'

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
const LAST_WORDS_CHARS = 8_192

/**
 * Children are leaders of their own process groups, so that Ctrl-C reaches only the supervisor and it can stop them in
 * order; the IPC channel tells them when the supervisor itself was killed.
 */
export function createSupervisor(options: {
  logDir: string
  /** `lastWords` is the end of what the child wrote: on a full disk its log may lack it. */
  onGivingUp: (name: string, lastWords: string) => void
}): Supervisor {
  const running: { spec: ChildSpec; child: ChildProcess }[] = []
  let stopping = false

  function start(spec: ChildSpec, restarts: readonly number[] = []): ChildProcess {
    const child = spawn(process.execPath, [...spec.args], {
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    const { end: endLog, lastWords } = keepLog(child, path.join(options.logDir, `${spec.name}.log`))
    const entry = { spec, child }
    running.push(entry)
    child.once('close', () => {
      endLog()
      running.splice(running.indexOf(entry), 1)
      if (stopping) return
      const now = Date.now()
      const recent = [...restarts.filter((at) => now - at < 60_000), now]
      if (spec.essential || recent.length > RESTARTS_PER_MINUTE_MAX) options.onGivingUp(spec.name, lastWords())
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

/** Appends what a child writes to its log. A log that cannot be written ends neither the child nor the supervisor. */
function keepLog(child: ChildProcess, file: string): { end: () => void; lastWords: () => string } {
  let tail = ''
  const hear = (words: string) => {
    tail = (tail + words).slice(-LAST_WORDS_CHARS)
  }
  const log = createWriteStream(file, { flags: 'a' })
  const outputs = [child.stdout, child.stderr].filter((output) => output !== null)
  for (const output of outputs) {
    output.on('data', (chunk: Buffer) => hear(chunk.toString()))
    output.pipe(log, { end: false })
  }
  log.on('error', (error) => {
    hear(`\n${error.message}\n`)
    for (const output of outputs) output.unpipe(log).resume() // a child nobody reads from would stand still
  })
  return { end: () => log.end(), lastWords: () => tail }
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

/** Makes the data directory and its folder of logs, and sets aside logs that have grown large; one old copy is kept. */
export async function prepareLogs(logDir: string, names: readonly string[]): Promise<void> {
  const dataDir = path.dirname(logDir)
  try {
    // The servers run as another user and must get through to their own folder below; logs are nobody else's.
    await makeFolder(dataDir, { mode: 0o711 })
  } catch (error) {
    throw new Error(
      `The data directory ${dataDir} cannot be made (${codeOf(error)}). Name another one with --data-dir.`,
    )
  }
  try {
    await makeFolder(logDir, { mode: 0o700 })
    for (const folder of [dataDir, logDir]) await access(folder, constants.W_OK | constants.X_OK)
    for (const name of names) await setAside(path.join(logDir, `${name}.log`))
  } catch (error) {
    throw new Error(
      `The data directory ${dataDir} cannot be written to (${codeOf(error)}). Name another one with --data-dir.`,
    )
  }
}

async function setAside(file: string): Promise<void> {
  const size = (await stat(file).catch(() => null))?.size ?? 0
  if (size > LOG_BYTES_MAX) await rename(file, `${file}.1`)
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { invariant } from '@/model/invariant'

export type WorkerSettings = {
  catalogUrl: string
  ledgerUrl: string
  workerName: string
  leaseTtlMs: number
  operationId?: string
  /** "step:place": the process kills itself there by SIGKILL. */
  crashAt?: string
  /** "step:place": the process stops itself there by SIGSTOP, once. */
  freezeAt?: string
}

export type WorkerProcess = {
  name: string
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void
  /** Resolves when the process is gone, with the signal that ended it, or null when it ended by itself. */
  gone: Promise<NodeJS.Signals | null>
  isGone(): boolean
  /** Ends it, frozen or not, and waits until it is gone. */
  end(): Promise<void>
}

const SETTINGS_VARIABLE = 'LEDGER_WORKER'
const script = path.resolve(import.meta.dirname, 'worker-process.ts')

/** Starts a worker process; resolves when it takes work. */
export async function spawnWorker(settings: WorkerSettings): Promise<WorkerProcess> {
  const env = {
    ...process.env,
    [SETTINGS_VARIABLE]: JSON.stringify(settings),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
  }
  const child = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit').then(([, signal]: unknown[]) => (signal ?? null) as NodeJS.Signals | null)
  await Promise.race([
    once(child.stdout, 'data'),
    gone.then((signal) => {
      throw new Error(`Worker ${settings.workerName} ended before it worked (${signal ?? child.exitCode}).`)
    }),
  ])
  return workerProcess(settings.workerName, child, gone)
}

function workerProcess(name: string, child: ChildProcess, gone: Promise<NodeJS.Signals | null>): WorkerProcess {
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const signal = (which: NodeJS.Signals) => void (isGone() || child.kill(which))
  const end = async () => {
    signal('SIGKILL') // works on a stopped process too
    await gone
  }
  return { name, signal, gone, isGone, end }
}

export function readWorkerSettings(): WorkerSettings {
  const text = process.env[SETTINGS_VARIABLE]
  invariant(text, `${SETTINGS_VARIABLE} is not set: this process is started by spawnWorker.`)
  return JSON.parse(text) as WorkerSettings // written by spawnWorker, above
}

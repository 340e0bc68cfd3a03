import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { invariant } from '@/model/invariant'
import type { Endpoint } from '@/server/engines/contract'

export type WorkerSettings = {
  catalogUrl: string
  /** Of the fleet whose control API rebuilds servers. */
  dataDir: string
  endpoints: Record<string, Endpoint>
  vantageRegion: string
  workerName: string
  leaseTtlMs: number
  /** How often it looks for work; short where nothing else says so. */
  pollMs?: number
  /** "step:place": the process kills itself there by SIGKILL. */
  crashAt?: string | undefined
  /** "step:place": the process stops itself there by SIGSTOP, once. */
  freezeAt?: string | undefined
  /** The step that is made to refuse before it begins, so that the operation goes back. */
  refuseAt?: string | undefined
  /** Left out: no machine can be switched off. */
  hasFencingAgent?: boolean
  /** What the clock of this process is wrong by. Its timers are right. */
  clockShiftMs?: number
}

const SETTINGS_VARIABLE = 'SWITCHOVER_WORKER'
const script = path.resolve(import.meta.dirname, 'worker-process.ts')

export class WorkerProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    /** Resolves when the process is gone. */
    readonly gone: Promise<unknown>,
  ) {}

  /** Resolves when it takes work. */
  static async spawn(settings: WorkerSettings): Promise<WorkerProcess> {
    const env = {
      ...process.env,
      [SETTINGS_VARIABLE]: JSON.stringify(settings),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    }
    const child = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = once(child, 'exit')
    await Promise.race([
      once(child.stdout, 'data'),
      gone.then(() => {
        throw new Error(`Worker ${settings.workerName} ended before it worked (${child.signalCode ?? child.exitCode}).`)
      }),
    ])
    return new WorkerProcess(settings.workerName, child, gone)
  }

  get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    if (!this.isGone) this.child.kill(name)
  }

  /** Ends it, frozen or not, and waits until it is gone. */
  async end(): Promise<void> {
    this.signal('SIGKILL')
    await this.gone
  }
}

export function readWorkerSettings(): WorkerSettings {
  const text = process.env[SETTINGS_VARIABLE]
  invariant(text, `${SETTINGS_VARIABLE} is not set: this process is started by WorkerProcess.spawn.`)
  return JSON.parse(text) as WorkerSettings // written by WorkerProcess.spawn, above
}

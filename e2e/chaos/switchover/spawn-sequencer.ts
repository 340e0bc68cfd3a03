import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { invariant } from '@/model/invariant'

/** `holder` is another for every process: the lease of a dead one has to run out first, as in life. */
export type SequencerSettings = { catalogUrl: string; holder: string }

const SETTINGS_VARIABLE = 'SWITCHOVER_SEQUENCER'
const script = path.resolve(import.meta.dirname, 'sequencer-process.ts')

/** A sequencer of the audit trail, to be killed and replaced. */
export class SequencerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly gone: Promise<unknown>,
  ) {}

  /** Resolves when it has reached the catalog. */
  static async spawn(settings: SequencerSettings): Promise<SequencerProcess> {
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
        throw new Error(`The sequencer ended before it worked (${child.signalCode ?? child.exitCode}).`)
      }),
    ])
    return new SequencerProcess(child, gone)
  }

  get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  async kill(): Promise<void> {
    if (!this.isGone) this.child.kill('SIGKILL')
    await this.gone
  }
}

export function readSequencerSettings(): SequencerSettings {
  const text = process.env[SETTINGS_VARIABLE]
  invariant(text, `${SETTINGS_VARIABLE} is not set: this process is started by SequencerProcess.spawn.`)
  return JSON.parse(text) as SequencerSettings // written by SequencerProcess.spawn, above
}

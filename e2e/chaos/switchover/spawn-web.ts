import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { invariant } from '@/model/invariant'

export type WebSettings = {
  catalogUrl: string
  /** What an application shows to be told routes. */
  routerToken: string
  /** Stays the same from one process to the next, as behind a load balancer. */
  port: number
  servedFrom: string
}

const SETTINGS_VARIABLE = 'SWITCHOVER_WEB'
const script = path.resolve(import.meta.dirname, 'web-process.ts')

/** A web process that answers route lookups and route changes, to be killed and replaced. */
export class WebServer {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly gone: Promise<unknown>,
  ) {}

  /** Resolves when it answers. */
  static async spawn(settings: WebSettings): Promise<WebServer> {
    const env = {
      ...process.env,
      // As the real one: a library on the way of each request does checks of its own otherwise.
      NODE_ENV: 'production' as const,
      [SETTINGS_VARIABLE]: JSON.stringify(settings),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    }
    const child = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = once(child, 'exit')
    const [line] = await Promise.race([
      once(child.stdout, 'data'),
      gone.then(() => {
        throw new Error(`The web process ended before it answered (${child.signalCode ?? child.exitCode}).`)
      }),
    ])
    return new WebServer(String(line).trim(), child, gone)
  }

  get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** Ends it as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    if (!this.isGone) this.child.kill('SIGKILL')
    await this.gone
  }
}

export function readWebSettings(): WebSettings {
  const text = process.env[SETTINGS_VARIABLE]
  invariant(text, `${SETTINGS_VARIABLE} is not set: this process is started by WebServer.spawn.`)
  return JSON.parse(text) as WebSettings // written by WebServer.spawn, above
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { invariant } from '@/model/invariant'
import type { Route } from '@/model/schemas/estate'
import type { ConsoleConnection } from '@/server/router-client'

export type ApplicationSettings = {
  console: ConsoleConnection
  tenantId: string
  database: string
  /** Of the ordinary role, which the gate binds. */
  credentials: { user: string; password: string }
  /** Its rows are told from others' by their ids. */
  firstId: number
  writeEveryMs: number
}

export type ApplicationOrder =
  | { kind: 'follow-console' }
  /** `table`: where it writes meanwhile. */
  | { kind: 'follow-script'; route: Route; table: string }
  | { kind: 'connect'; host: string; port: number }
  /** Forget what was counted before. */
  | { kind: 'begin' }
  | { kind: 'report' }

/** `atMs` by the clock of the machine, since 1970. */
export type Acknowledged = { id: number; epoch: string; member: string; atMs: number }
export type ApplicationReport = { acknowledged: Acknowledged[]; errors: string[]; refused: number }

const SETTINGS_VARIABLE = 'SWITCHOVER_APPLICATION'
const START_MS_MAX = 60_000
const ANSWER_MS_MAX = 10_000
const script = path.resolve(import.meta.dirname, 'application-process.ts')

/** An application in a process of its own that reaches the cell through the router. Everything is asked over the process channel. */
export class Application {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when its first write has been acknowledged. */
  static async start(settings: ApplicationSettings): Promise<Application> {
    const env = { ...process.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) }
    const child = fork(script, { execArgv: ['--import', 'tsx'], env })
    await once(child, 'message', { signal: AbortSignal.timeout(START_MS_MAX) })
    return new Application(child)
  }

  tell(order: ApplicationOrder): void {
    this.child.send(order)
  }

  async report(): Promise<ApplicationReport> {
    const answer = await this.ask({ kind: 'report' })
    return (answer as { report: ApplicationReport }).report // sent by writer-process.ts
  }

  /** Opens a connection to this address ahead of its use. */
  async connect(host: string, port: number): Promise<void> {
    await this.ask({ kind: 'connect', host, port })
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }

  private async ask(order: ApplicationOrder): Promise<unknown> {
    const answered = once(this.child, 'message', { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    this.tell(order)
    const [answer] = await answered
    return answer
  }
}

export function readApplicationSettings(): ApplicationSettings {
  const text = process.env[SETTINGS_VARIABLE]
  invariant(text, `${SETTINGS_VARIABLE} is not set: this process is started by Application.start.`)
  return JSON.parse(text) as ApplicationSettings // written by Application.start, above
}

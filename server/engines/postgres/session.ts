import { performance } from 'node:perf_hooks'
import { Client, type QueryResult } from 'pg'
import type { CallOptions, Endpoint } from '@/server/engines/contract'
import { whyNotEndpoint } from './check-endpoint'
import { type Failure, failureOf, SessionError, sentence } from './failures'
import { Line } from './line'

/** Above any single call: a session that outlives its caller ends by itself. */
const STATEMENT_TIMEOUT_MS_MAX = 120_000
const IDLE_IN_TRANSACTION_MS_MAX = 10_000
export type Row = Record<string, string | null>
export type Statement = { text: string; values?: readonly (string | null)[]; name?: string }

/** `receivedBytesMax`: for one call; without it, what suits questions about a server rather than its rows. */
export type SignIn = { role: 'admin' | 'app'; applicationName: string; receivedBytesMax?: number }

/**
 * One connection to one server. Every call has a deadline on this side as well, because `statement_timeout` does not end
 * a wait for a synchronous standby; a call that passes it destroys the socket. A cancel request is never sent: cancelling
 * such a wait would publish a commit that no standby has.
 */
export class Session {
  private isDead = false
  private constructor(
    private readonly client: Client,
    private readonly line: Line,
  ) {}

  /** Connects and signs in. Throws SessionError, always with `sent: false`: nothing was asked yet. */
  static async open(endpoint: Endpoint, as: SignIn, call: CallOptions): Promise<Session> {
    const problem = whyNotEndpoint(endpoint)
    if (problem) throw new SessionError({ kind: 'not-asked', detail: problem })
    const line = new Line(as.receivedBytesMax)
    const client = new Client({
      host: endpoint.host,
      port: endpoint.port,
      database: endpoint.database,
      ...endpoint[as.role],
      ssl: false,
      // Named, because the driver would otherwise take them from the environment of this process.
      options: '-c client_min_messages=error',
      application_name: as.applicationName,
      client_encoding: 'UTF8',
      stream: () => line.socket,
      keepAlive: true,
      pipeline: true,
      statement_timeout: STATEMENT_TIMEOUT_MS_MAX,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
      types: { getTypeParser: () => String },
    })
    const session = new Session(client, line)
    client.on('error', () => session.destroy())
    client.on('end', () => session.destroy())
    try {
      await line.bounded(call, false, () => client.connect())
      return session
    } catch (error) {
      session.destroy()
      throw new SessionError({ ...failureOf(error, false), reach: line.reach }, { cause: error })
    }
  }

  /** A session is fit for another call while its line lives and no transaction is open on it. */
  get isUsable(): boolean {
    return !this.isDead && this.client.getTransactionStatus() === 'I'
  }

  /** Rows of the last statement in the text that returns rows, every value as the server wrote it. Throws SessionError. */
  async run(statement: Statement, call: CallOptions): Promise<Row[]> {
    const [rows] = await this.runEach([statement], call)
    return rows ?? []
  }

  /**
   * Several texts in one round trip, each a transaction of its own, in order: the later ones see what the first has
   * committed. Throws SessionError; it says `answered` only when the first failed, so that nothing was done.
   */
  async runEach(statements: readonly Statement[], call: CallOptions): Promise<Row[][]> {
    if (this.isDead) throw new SessionError({ kind: 'broken', sent: false, detail: 'The connection is closed.' })
    const answers = await this.line
      .bounded(call, true, () => Promise.allSettled(statements.map((statement) => this.ask(statement))))
      .catch((error: unknown) => this.fail(failureOf(error, true), error))
    return answers.map((answer, index) => {
      if (answer.status === 'fulfilled') return answer.value
      const failure = failureOf(answer.reason, true)
      if (failure.kind !== 'answered' || index === 0) return this.fail(failure, answer.reason)
      const detail = `The effect was answered, the question after it was not: ${sentence(failure)}`
      return this.fail({ kind: 'broken', sent: true, detail }, answer.reason)
    })
  }

  private async ask({ values, ...rest }: Statement): Promise<Row[]> {
    const answer: unknown = await this.client.query<Row>(values ? { ...rest, values: [...values] } : rest)
    return rowsOf(answer)
  }

  private fail(failure: Failure, cause: unknown): never {
    if (failure.kind !== 'answered') this.destroy()
    throw new SessionError(failure, { cause })
  }

  /** Takes leave of the server, which would otherwise log a lost client. */
  end(): void {
    this.isDead = true
    this.client.end().catch(() => {})
    this.line.socket.destroySoon()
  }

  destroy(): void {
    this.isDead = true
    this.line.socket.destroy()
  }
}

/** The driver answers a batch of statements with a list of results, one statement with one. */
function rowsOf(answer: unknown): Row[] {
  const results = (Array.isArray(answer) ? answer : [answer]) as QueryResult<Row>[]
  return results.findLast((result) => result.fields.length > 0)?.rows ?? []
}

/** The part of a call's time that is left since `startedAtMs` of the monotonic clock. */
export function remaining(call: CallOptions, startedAtMs: number): CallOptions {
  return { ...call, timeoutMs: call.timeoutMs - (performance.now() - startedAtMs) }
}

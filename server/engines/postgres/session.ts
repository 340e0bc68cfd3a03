import { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { Client, type QueryResult } from 'pg'
import type { CallOptions, Endpoint } from '@/server/engines/contract'
import { whyNotEndpoint } from './check-endpoint'
import { type Failure, failureOf, readable, SessionError, sentence } from './failures'
import { HAS_GATE_SQL } from './gate-sql'

/** Above any single call: a session that outlives its caller ends by itself. */
const STATEMENT_TIMEOUT_MS_MAX = 120_000
const IDLE_IN_TRANSACTION_MS_MAX = 10_000
/** What one call may receive, notices included: a report is a few kilobytes, a hostile server sends gigabytes. */
const RECEIVED_BYTES_MAX = 1_048_576
/** Sign-in messages before AuthenticationOk are short; the first nine bytes name the method. */
const AUTH_HEADER_BYTES = 9
const AUTH_CLEARTEXT = 3
const AUTH_MD5 = 5

export type Row = Record<string, string | null>
export type Statement = { text: string; values?: readonly (string | null)[]; name?: string }

export type SignIn = { role: 'admin' | 'app'; applicationName: string }

/** What a server says of itself at sign-in. `name` and `region` come from `cluster_name`, which no session can set. */
export type Identity = { name: string | null; region: string | null; hasGate: boolean; processId: number }

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
    const line = new Line()
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
      throw new SessionError(failureOf(error, false), { cause: error })
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

/** The socket under a session, metered: it is cut at a deadline, an abort, or when a server says too much. */
class Line {
  readonly socket = new Socket()
  private receivedBytes = 0
  private head: Buffer | null = Buffer.alloc(0)
  private cut: (failure: Failure) => void = () => {}

  constructor() {
    this.socket.on('data', (chunk: Buffer) => this.meter(chunk))
  }

  async bounded<T>(call: CallOptions, sent: boolean, work: () => Promise<T>): Promise<T> {
    if (call.signal.aborted) throw new SessionError({ kind: 'aborted', sent: false, detail: 'The call was given up.' })
    if (call.timeoutMs <= 0) throw new SessionError({ kind: 'deadline', sent: false, detail: 'No time was left.' })
    this.receivedBytes = 0
    let release = () => {}
    const limit = new Promise<never>((_, reject) => {
      this.cut = (failure) => {
        reject(new SessionError(failure))
        this.socket.destroy()
      }
      const detail = `No answer within ${Math.round(call.timeoutMs)} ms.`
      const timer = setTimeout(() => this.cut({ kind: 'deadline', sent, detail }), call.timeoutMs)
      const giveUp = () => this.cut({ kind: 'aborted', sent, detail: 'The call was given up.' })
      call.signal.addEventListener('abort', giveUp, { once: true })
      release = () => {
        clearTimeout(timer)
        call.signal.removeEventListener('abort', giveUp)
        this.cut = () => this.socket.destroy()
      }
    })
    try {
      const working = work()
      working.catch(() => {}) // when the limit wins, the driver's own complaint about the cut line is of no interest
      return await Promise.race([working, limit])
    } finally {
      release()
    }
  }

  private meter(chunk: Buffer): void {
    this.receivedBytes += chunk.length
    if (this.receivedBytes > RECEIVED_BYTES_MAX) {
      const detail = `The server sent more than ${RECEIVED_BYTES_MAX} bytes for one call.`
      this.cut({ kind: 'oversized', sent: true, detail })
    }
    if (this.head !== null) this.refuseWeakSignIn(chunk)
  }

  /** Whoever answers on the port may not be the server: only SCRAM keeps the password from it. */
  private refuseWeakSignIn(chunk: Buffer): void {
    this.head = Buffer.concat([this.head ?? Buffer.alloc(0), chunk.subarray(0, AUTH_HEADER_BYTES)])
    if (this.head.length < AUTH_HEADER_BYTES) return
    const method = this.head[0] === 'R'.charCodeAt(0) ? this.head.readInt32BE(5) : null
    this.head = null
    if (method !== AUTH_CLEARTEXT && method !== AUTH_MD5) return
    const detail = 'The server asks for a password in a form that reveals it: only SCRAM sign-in is used.'
    this.cut({ kind: 'not-asked', detail })
  }
}

/** The part of a call's time that is left since `startedAtMs` of the monotonic clock. */
export function remaining(call: CallOptions, startedAtMs: number): CallOptions {
  return { ...call, timeoutMs: call.timeoutMs - (performance.now() - startedAtMs) }
}

const IDENTITY: Statement = {
  text: `SELECT current_setting('cluster_name') AS server_name, pg_backend_pid() AS pid, ${HAS_GATE_SQL} AS has_gate`,
}
const SERVER_NAME = /^homeport\/([^/]+)\/([^/]+)$/

/** Asks a server who it is. Throws SessionError with `sent: false`: asking changes nothing. */
export async function identify(session: Session, call: CallOptions): Promise<Identity> {
  try {
    const [row] = await session.run(IDENTITY, call)
    const match = SERVER_NAME.exec(row?.server_name ?? '')
    return {
      name: match ? readable(match[1] ?? '') : null,
      region: match ? readable(match[2] ?? '') : null,
      hasGate: row?.has_gate === 't',
      processId: Number(row?.pid),
    }
  } catch (error) {
    const failure = failureOf(error, false)
    if (failure.kind === 'answered' || failure.kind === 'not-asked') throw error
    throw new SessionError({ ...failure, sent: false }, { cause: error })
  }
}

/** Why a server is not the member it should be, or null. A server without a name of our form cannot be told apart. */
export function whyNotMember(identity: Identity, endpoint: Endpoint): string | null {
  const expected = `${endpoint.memberId} in ${endpoint.region}`
  if (identity.name === null) {
    return `A server answers for ${expected} that does not say who it is: its cluster_name is not homeport/NAME/REGION.`
  }
  if (identity.name === endpoint.memberId && identity.region === endpoint.region) return null
  return `Another server answers for ${expected}: it is ${identity.name} in ${identity.region}.`
}

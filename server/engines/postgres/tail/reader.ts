import { performance } from 'node:perf_hooks'
import type { CallOptions, Endpoint } from '@/server/engines/contract'
import { SessionError } from '../failures'
import { identify, whyNotMember } from '../identity'
import { type Row, remaining, Session } from '../session'
import type { Entry } from './merge'
import { beginSql } from './sql'

/** Rows of other people's tables come through here, so a call may receive more than a report would. */
const RECEIVED_BYTES_MAX = 32 * 1024 * 1024
/** A key fits an index page, so this many fit the line whatever they hold. */
const KEYS_A_FETCH = 5_000

/**
 * One session of its own, apart from the kept ones: it may live for minutes, and a fence must not wait for it. All calls
 * share the deadline of the whole; they must come one after the other.
 */
export class TailSession {
  private constructor(
    private readonly session: Session,
    private readonly call: CallOptions,
    private readonly startedAtMs: number,
  ) {}

  static async open(endpoint: Endpoint, call: CallOptions): Promise<TailSession> {
    const startedAtMs = performance.now()
    const signIn = { role: 'admin', applicationName: 'homeport-tail', receivedBytesMax: RECEIVED_BYTES_MAX } as const
    const session = await Session.open(endpoint, signIn, call)
    try {
      const identity = await identify(session, remaining(call, startedAtMs))
      const problem = whyNotMember(identity, endpoint)
      if (problem) throw new SessionError({ kind: 'not-asked', detail: problem })
      return new TailSession(session, call, startedAtMs)
    } catch (error) {
      session.destroy()
      throw error
    }
  }

  /** From here on every look sees the same rows, at the same places. */
  async beginReading(): Promise<void> {
    const leftMs = remaining(this.call, this.startedAtMs).timeoutMs
    await this.ask(beginSql({ statementMs: leftMs, idleMs: leftMs }))
  }

  ask(text: string, values?: readonly (string | null)[]): Promise<Row[]> {
    return this.session.run(values ? { text, values } : { text }, remaining(this.call, this.startedAtMs))
  }

  /** The rows of `rowsSql`, a page at a time. */
  async *rows(query: string): AsyncGenerator<Entry> {
    await this.ask(`DECLARE tail NO SCROLL CURSOR FOR ${query}`)
    for (;;) {
      const page = await this.ask(`FETCH ${KEYS_A_FETCH} FROM tail`)
      for (const row of page) yield entryOf(row)
      if (page.length < KEYS_A_FETCH) break
    }
    await this.ask('CLOSE tail')
  }

  /** Ends the transaction with the session: nothing was written in it. */
  end(): void {
    this.session.end()
  }
}

function entryOf(row: Row): Entry {
  const { key, relation, at, raw_xid: rawXid, xid, is_new: isNew } = row
  if (!key || !relation || !at || !rawXid || !xid) throw new Error('The server answered with a row of another form.')
  return { key, place: { relation, at, rawXid, xid, isNew: isNew === 't' } }
}

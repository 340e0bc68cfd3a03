import { DatabaseError } from 'pg'
import type { ProbeReach } from '@/model/observations'
import { readable } from '@/model/readable'
import { refusalOf } from '@/model/refusals'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'

/**
 * Why a call did not come back with rows. `sent` says whether the server can have acted on the statement; `reach` how far the
 * connection came, where it failed at being opened.
 */
export type Failure = { reach?: ProbeReach } & (
  | { kind: 'answered'; sent: boolean; sqlstate: string; detail: string }
  | { kind: 'deadline' | 'aborted' | 'broken' | 'oversized'; sent: boolean; detail: string }
  /** Local reasons: a bad address, the wrong server, no free connection. Nothing was asked of the member. */
  | { kind: 'not-asked'; detail: string }
)

export class SessionError extends Error {
  override name = 'SessionError'
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(failure.detail, options)
  }
}

/** A failure of the server or of the line, by SQLSTATE or by what was going on, never by its message. */
export function failureOf(error: unknown, sent: boolean): Failure {
  if (error instanceof SessionError) return error.failure
  if (error instanceof DatabaseError && error.code) {
    // The gate's message is its code, which `sentence` adds; its detail is the sentence.
    const says = refusalOf(error.code) && error.detail ? error.detail : error.message
    return { kind: 'answered', sent, sqlstate: error.code, detail: readable(says) }
  }
  return { kind: 'broken', sent, detail: readable(messageOf(error)) }
}

/**
 * Errors after which a server may have committed all the same. 57P01, 57P02: it is shutting down or crashed, and a commit
 * that waits for a standby is then cut short. 57014: time ran out, perhaps in a later statement of the same text. 08xxx: a
 * pooler lost the server behind it. 40003: the server itself does not know.
 */
const UNDECIDED_SQLSTATE = /^(08|57014|57P0[124]|40003)/

/** The contract's two exceptions: `NotDone` only where nothing can have happened. */
export function toOutcome(error: unknown, doing: string): NotDone | OutcomeUnknown {
  if (error instanceof NotDone || error instanceof OutcomeUnknown) return error
  const failure = failureOf(error, true)
  const says = `${doing}: ${sentence(failure)}`
  return isCertainlyNotDone(failure) ? new NotDone(says, { cause: error }) : new OutcomeUnknown(says, { cause: error })
}

function isCertainlyNotDone(failure: Failure): boolean {
  if (failure.kind === 'not-asked' || !failure.sent) return true
  return failure.kind === 'answered' && !UNDECIDED_SQLSTATE.test(failure.sqlstate)
}

/** The failure as an operator reads it. */
export function sentence(failure: Failure): string {
  if (failure.kind !== 'answered') return failure.detail
  const code = refusalOf(failure.sqlstate)
  return `${failure.detail} (${code ? `${code}, ` : ''}SQLSTATE ${failure.sqlstate})`
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error ? error.message || error.name : String(error)
}

import { type CallOptions, type Endpoint, NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { failureOf, toOutcome } from '../failures'
import type { KeptSessions, Role } from '../kept-sessions'
import type { Row, Statement } from '../session'

/** What the way back and the reading may take of a call's time: a wait on the server ends that much earlier. */
const ANSWER_SHARE_MS = 500

/** SQLSTATE: `lock_timeout` passed before the lock was had, and nothing was done. */
export const LOCK_NOT_AVAILABLE = '55P03'

/** Texts sent in one round trip to one member; a failure leaves as `NotDone` or `OutcomeUnknown`, never otherwise. */
export async function send(
  sessions: KeptSessions,
  to: { endpoint: Endpoint; role: Role },
  doing: string,
  texts: readonly string[],
  call: CallOptions,
): Promise<Row[][]> {
  try {
    const statements: Statement[] = texts.map((text) => ({ text }))
    return await sessions.act(to.endpoint, to.role, call, (session, left) => session.runEach(statements, left))
  } catch (error) {
    throw toOutcome(error, doing)
  }
}

/** How long a server may wait inside a call, so that its answer still arrives. */
export function serverWaitMs(call: CallOptions): number {
  return Math.max(0, call.timeoutMs - Math.min(ANSWER_SHARE_MS, call.timeoutMs / 4))
}

/** The SQLSTATE behind an outcome, or null when it was not the server that refused. */
export function sqlstateOf(error: unknown): string | null {
  if (!(error instanceof NotDone || error instanceof OutcomeUnknown)) return null
  const failure = failureOf(error.cause, true)
  return failure.kind === 'answered' ? failure.sqlstate : null
}

/** The only row of an answer. */
export function onlyRow(rows: Row[] | undefined, doing: string): Row {
  const [row] = rows ?? []
  if (!row) throw new NotDone(`${doing}: the server answered without a row.`)
  return row
}

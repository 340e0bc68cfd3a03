import { performance } from 'node:perf_hooks'
import type { CallOptions, Endpoint, MemberReport } from '@/server/engines/contract'
import { failureOf, sentence } from './failures'
import type { Identity } from './identity'
import type { KeptSessions } from './kept-sessions'
import { observeSql } from './observe-sql'
import { parseReport } from './parse-report'
import type { Session } from './session'

const GATED = observeSql({ hasGate: true })
const UNGATED = observeSql({ hasGate: false })
const PREPARED_NAMES = { [GATED]: 'homeport-observe-gated', [UNGATED]: 'homeport-observe' }
const UNDEFINED_OBJECT = new Set(['42P01', '42883', '3F000'])

/** Everything a member says of itself. Never throws: a dead, wrong or hostile server is a report too. */
export async function observe(
  sessions: KeptSessions,
  target: Endpoint,
  scope: string,
  call: CallOptions,
): Promise<MemberReport> {
  const values = [scope, target.app.user]
  try {
    return await sessions.look(target, 'admin', call, async (session, left, identity) => {
      if (!identity.hasGate) return ask(session, UNGATED, values, left, identity)
      try {
        return await ask(session, GATED, values, left, identity)
      } catch (error) {
        const failure = failureOf(error, true)
        if (failure.kind !== 'answered' || !UNDEFINED_OBJECT.has(failure.sqlstate)) throw error
        return ask(session, UNGATED, values, left, identity)
      }
    })
  } catch (error) {
    return { reachable: false, detail: sentence(failureOf(error, true)) }
  }
}

async function ask(
  session: Session,
  text: string,
  values: string[],
  call: CallOptions,
  identity: Identity,
): Promise<MemberReport> {
  const startedAtMs = performance.now()
  const askedAtMs = Date.now()
  const [row] = await session.run({ text, values, name: PREPARED_NAMES[text] }, call)
  identity.hasGate = row?.has_gate === 't' // the package may be installed or removed while a connection is kept
  const facts = parseReport(row?.report ?? '', { askedAtMs, tookMs: performance.now() - startedAtMs })
  if (facts === null) return { reachable: false, detail: 'The server answered with something that is not a report.' }
  return { reachable: true, ...facts }
}

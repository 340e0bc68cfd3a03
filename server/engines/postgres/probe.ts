import { performance } from 'node:perf_hooks'
import { refusalOf } from '@/model/refusals'
import type { CallOptions, Endpoint, ProbeCommand, ProbeResult } from '@/server/engines/contract'
import { type Failure, failureOf, sentence } from './failures'
import { HEARTBEAT_READ_SQL, heartbeatWriteSql } from './gate-sql'
import { type KeptSessions, openChecked } from './kept-sessions'
import type { Statement } from './session'

export type ProbeKind = 'connect' | 'read' | 'write'

/** One probe, as the ordinary role: what an application in that region would meet. Never throws. */
export async function probe(
  sessions: KeptSessions,
  target: Endpoint,
  kind: ProbeKind,
  command: ProbeCommand,
  call: CallOptions,
): Promise<ProbeResult> {
  const startedAtMs = performance.now()
  try {
    const latencyMs =
      kind === 'connect' ? await connect(target, call) : await ask(sessions, target, kind, command, call)
    return { outcome: 'ok', latencyMs }
  } catch (error) {
    return resultOf(failureOf(error, true), performance.now() - startedAtMs)
  }
}

/** A new connection up to the end of sign-in. Who answered is checked after that, outside of the measured time. */
async function connect(target: Endpoint, call: CallOptions): Promise<number> {
  const startedAtMs = performance.now()
  const { session, signedInAtMs } = await openChecked(target, 'app', 'look', call)
  session.end()
  return signedInAtMs - startedAtMs
}

/** On a kept connection, one round trip, timed from sending to the answer. */
function ask(
  sessions: KeptSessions,
  target: Endpoint,
  kind: 'read' | 'write',
  command: ProbeCommand,
  call: CallOptions,
): Promise<number> {
  const statement: Statement =
    kind === 'write'
      ? { text: heartbeatWriteSql(command, target.vantageRegion) }
      : { name: 'homeport-heartbeat-read', text: HEARTBEAT_READ_SQL, values: [target.vantageRegion] }
  return sessions.look(target, 'app', call, async (session, left) => {
    const sentAtMs = performance.now()
    await session.run(statement, left)
    return performance.now() - sentAtMs
  })
}

function resultOf(failure: Failure, latencyMs: number): ProbeResult {
  const detail = sentence(failure)
  const reach = failure.reach ?? null
  switch (failure.kind) {
    case 'answered':
      if (!refusalOf(failure.sqlstate)) return { outcome: 'error', detail, reach }
      return { outcome: 'refused', latencyMs, sqlstate: failure.sqlstate, detail }
    case 'deadline':
    case 'aborted':
      return { outcome: 'timeout', detail, reach }
    case 'broken':
    case 'oversized':
    case 'not-asked':
      return { outcome: 'unreachable', detail, reach }
  }
}

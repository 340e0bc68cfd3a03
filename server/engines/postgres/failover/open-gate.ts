import { performance } from 'node:perf_hooks'
import { type CallOptions, type EffectStamp, type Endpoint, NotDone } from '@/server/engines/contract'
import { canarySql, openSql, PENDING_PREPARED_SQL } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { remaining } from '../session'
import { LOCK_NOT_AVAILABLE, send, sqlstateOf } from './effects'
import { gateChange } from './gate-change'

const OPEN_LOCK_MS_MAX = 2_000

/** Refused by the gate unless this server stands in `region` and the epoch is higher than any it has seen, or its own. */
export async function openGate(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: EffectStamp & { epoch: bigint; region: string },
  call: CallOptions,
): Promise<void> {
  const doing = `Opening the gate of ${stamp.scope} on ${primary.memberId}`
  const text = openingText(stamp, sessions.givenUp(primary.memberId), call)
  const to = { endpoint: primary, role: 'admin' } as const
  const startedAtMs = performance.now()
  await send(sessions, to, doing, [text], call).catch(async (error: unknown) => {
    if (sqlstateOf(error) !== LOCK_NOT_AVAILABLE) throw error
    const [rows] = await send(sessions, to, doing, [PENDING_PREPARED_SQL], remaining(call, startedAtMs))
    const pending = rows?.map(({ gid }) => gid).join(', ')
    // It came over with the log, holds its place among the writers, and nobody but a person knows what became of it.
    throw pending
      ? new NotDone(
          `${doing}: prepared transactions hold it: ${pending}. Commit or roll back each on ${primary.memberId}.`,
        )
      : error
  })
}

/** `guard`: SQL of the same transaction that refuses where it must not be opened. */
export function openingText(
  stamp: EffectStamp & { epoch: bigint; region: string },
  givenUp: readonly number[],
  call: CallOptions,
  guard?: string,
): string {
  const sql = guard ? `${guard};\n${openSql(stamp)}` : openSql(stamp)
  return gateChange({ stamp, givenUp, statementMs: call.timeoutMs, lockMs: OPEN_LOCK_MS_MAX, sql })
}

/** A real write, committed as an application's would be: with a synchronous standby it waits for that one too. */
export async function proveWritable(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: EffectStamp & { epoch: bigint },
  call: CallOptions,
): Promise<{ tookMs: number }> {
  const startedAtMs = performance.now()
  const doing = `Writing to ${stamp.scope} on ${primary.memberId}`
  await send(sessions, { endpoint: primary, role: 'app' }, doing, [canarySql(stamp)], call)
  return { tookMs: performance.now() - startedAtMs }
}

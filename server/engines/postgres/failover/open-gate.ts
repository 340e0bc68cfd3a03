import { performance } from 'node:perf_hooks'
import type { CallOptions, EffectStamp, Endpoint } from '@/server/engines/contract'
import { canarySql, openSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { send } from './effects'
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
  await send(sessions, { endpoint: primary, role: 'admin' }, doing, [text], call)
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

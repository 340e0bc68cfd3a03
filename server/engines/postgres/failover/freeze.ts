import type { CallOptions, EffectStamp, Endpoint } from '@/server/engines/contract'
import { freezeSql, thawSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { closeGate } from './close-gate'
import { send, transaction } from './effects'

const THAW_LOCK_MS_MAX = 2_000

/** Newcomers queue behind the freeze from its first moment; those in flight have `drainMs` to end by themselves. */
export async function freeze(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: EffectStamp & { epoch: bigint; drainMs: number },
  call: CallOptions,
): Promise<{ terminatedCount: number }> {
  const doing = `Freezing ${stamp.scope} on ${primary.memberId}`
  const order = { scope: stamp.scope, drainMs: stamp.drainMs, close: freezeSql(stamp) }
  const { terminatedCount } = await closeGate(sessions, primary, order, doing, call)
  return { terminatedCount }
}

export async function thaw(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: EffectStamp & { epoch: bigint },
  call: CallOptions,
): Promise<void> {
  const doing = `Thawing ${stamp.scope} on ${primary.memberId}`
  const text = transaction({ statementMs: call.timeoutMs, lockMs: THAW_LOCK_MS_MAX }, thawSql(stamp))
  await send(sessions, { endpoint: primary, role: 'admin' }, doing, [text], call)
}

import { type CallOptions, type EffectStamp, type Endpoint, NotDone } from '@/server/engines/contract'
import { freezeSql, isOpenSql, thawSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { remaining } from '../session'
import { closeGate } from './close-gate'
import { send } from './effects'
import { gateChange } from './gate-change'

const THAW_LOCK_MS_MAX = 2_000

/** Newcomers queue behind the freeze from its first moment; those in flight have `drainMs` to end by themselves. */
export async function freeze(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: EffectStamp & { epoch: bigint; drainMs: number },
  call: CallOptions,
): Promise<{ terminatedCount: number }> {
  const doing = `Freezing ${stamp.scope} on ${primary.memberId}`
  const order = { stamp, drainMs: stamp.drainMs, close: freezeSql(stamp) }
  const { terminatedCount } = await closeGate(sessions, primary, order, doing, call)
  return { terminatedCount }
}

/** Ends a freeze of the same operation. A gate that is open at this epoch needs none, so that is done as well. */
export async function thaw(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: EffectStamp & { epoch: bigint },
  call: CallOptions,
): Promise<void> {
  const doing = `Thawing ${stamp.scope} on ${primary.memberId}`
  const startedAtMs = performance.now()
  const to = { endpoint: primary, role: 'admin' } as const
  const limits = { statementMs: call.timeoutMs, lockMs: THAW_LOCK_MS_MAX }
  const change = gateChange({ stamp, givenUp: sessions.givenUp(primary.memberId), ...limits, sql: thawSql(stamp) })
  try {
    await send(sessions, to, doing, [change], call)
  } catch (error) {
    if (!(error instanceof NotDone)) throw error
    const [rows] = await send(sessions, to, doing, [isOpenSql(stamp)], remaining(call, startedAtMs)).catch(() => {
      throw error
    })
    if (rows?.[0]?.is_open !== 't') throw error
  }
}

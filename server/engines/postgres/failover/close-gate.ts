import { performance } from 'node:perf_hooks'
import type { CallOptions, EffectStamp, Endpoint } from '@/server/engines/contract'
import { terminateWritersSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { type Row, remaining } from '../session'
import { LOCK_NOT_AVAILABLE, send, serverWaitMs, sqlstateOf } from './effects'
import { gateChange } from './gate-change'

const TERMINATIONS_MAX = 3
/** After the holders were ended, only short writers that slipped in between are waited for. */
const LOCK_AFTER_TERMINATION_MS = 1_000

/** `close` changes the gate and waits for the writers in flight; `after` is read once that has committed. */
type Order = { stamp: EffectStamp; drainMs: number; close: string; after?: string }

/**
 * Closes a gate, with all writers in flight waited for; those who do not end in `drainMs` have their sessions ended. It
 * gives up with the gate as it was, since the change and its wait are one transaction.
 */
export async function closeGate(
  sessions: KeptSessions,
  primary: Endpoint,
  order: Order,
  doing: string,
  call: CallOptions,
): Promise<{ rows: Row[]; terminatedCount: number }> {
  const startedAtMs = performance.now()
  const terminated = new Set<string>()
  const to = { endpoint: primary, role: 'admin' } as const
  for (let round = 0; ; round += 1) {
    const left = remaining(call, startedAtMs)
    const lockMs = Math.min(round === 0 ? order.drainMs : LOCK_AFTER_TERMINATION_MS, serverWaitMs(left))
    const givenUp = sessions.givenUp(primary.memberId)
    const close = gateChange({ ...order, givenUp, statementMs: left.timeoutMs, lockMs, sql: order.close })
    try {
      const answers = await send(sessions, to, doing, order.after ? [close, order.after] : [close], left)
      return { rows: answers.at(-1) ?? [], terminatedCount: terminated.size }
    } catch (error) {
      if (sqlstateOf(error) !== LOCK_NOT_AVAILABLE || round === TERMINATIONS_MAX) throw error
    }
    const ended = await send(
      sessions,
      to,
      doing,
      [terminateWritersSql(order.stamp.scope)],
      remaining(call, startedAtMs),
    )
    for (const { pid } of ended[0] ?? []) if (pid) terminated.add(pid)
  }
}

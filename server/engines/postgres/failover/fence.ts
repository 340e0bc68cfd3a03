import { performance } from 'node:perf_hooks'
import { refusalOf } from '@/model/refusals'
import {
  type CallOptions,
  type Endpoint,
  type FailoverOps,
  OutcomeUnknown,
  type ProvenFence,
} from '@/server/engines/contract'
import { failureOf, sentence } from '../failures'
import { askFencedSql, canarySql, fenceSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { remaining } from '../session'
import { closeGate } from './close-gate'
import { onlyRow } from './effects'

/** Where the order does not say how long writers in flight may take. */
const FENCE_DRAIN_MS = 1_000
/** The refusals of a gate that is closed to everybody. A stale epoch is none of them: an open gate gives it too. */
const CLOSED = new Set(['REGION_READ_ONLY', 'WRONG_REGION'])

type Stamp = Parameters<FailoverOps['fence']>[1]

/**
 * Two round trips: close and read the position behind the closing commit; then a canary, as the ordinary role with the
 * epoch that writers hold, which must be refused by the gate itself. Once the gate may be closed, anything short of proof
 * is unknown: promotion needs the proof, and going back needs a higher epoch, so neither may rest on a guess.
 */
export async function fence(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: Stamp,
  call: CallOptions,
): Promise<ProvenFence> {
  const doing = `Fencing ${stamp.scope} on ${primary.memberId}`
  const startedAtMs = performance.now()
  const order = {
    stamp,
    drainMs: stamp.drainMs ?? FENCE_DRAIN_MS,
    close: fenceSql(stamp),
    after: askFencedSql(stamp.scope),
  }
  const { rows, terminatedCount } = await closeGate(sessions, primary, order, doing, call)
  const closeTookMs = performance.now() - startedAtMs
  const row = onlyRow(rows, doing)
  const unprotected: string[] = JSON.parse(row.unprotected ?? '[]')
  if (unprotected.length > 0) {
    const tables = unprotected.slice(0, 5).join(', ')
    throw new OutcomeUnknown(`${doing}: the gate is closed, but these tables are not bound by it: ${tables}.`)
  }
  const end = {
    systemIdentifier: row.system_identifier ?? '',
    timeline: Number(row.timeline),
    lsn: row.lsn ?? '',
  }
  stamp.onClosed?.(end)
  const refusal = await proveRefused(sessions, primary, stamp, doing, remaining(call, startedAtMs))
  return {
    ...end,
    strength: 'PROVEN',
    refusal,
    preparedTransactions: JSON.parse(row.prepared ?? '[]'),
    closedAt: new Date(Math.ceil(Number(row.closed_at_ms))),
    closeTookMs,
    terminatedCount,
  }
}

async function proveRefused(
  sessions: KeptSessions,
  primary: Endpoint,
  stamp: Stamp,
  doing: string,
  call: CallOptions,
): Promise<ProvenFence['refusal']> {
  const text = canarySql({ ...stamp, epoch: stamp.epoch - 1n })
  const failure = await sessions
    .act(primary, 'app', call, (session, left) => session.run({ text }, left))
    .then(
      () => null,
      (error: unknown) => failureOf(error, true),
    )
  if (failure === null) throw new OutcomeUnknown(`${doing}: the gate is closed, and yet it let a canary write through.`)
  const code = failure.kind === 'answered' ? refusalOf(failure.sqlstate) : null
  if (failure.kind === 'answered' && code !== null && CLOSED.has(code) && failure.sqlstate.startsWith('HP')) {
    return { code, sqlstate: failure.sqlstate }
  }
  throw new OutcomeUnknown(`${doing}: the gate is closed, but the canary did not prove it: ${sentence(failure)}`)
}

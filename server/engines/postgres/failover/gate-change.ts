import { CLOCK_SKEW_MS_MAX, type EffectStamp } from '@/server/engines/contract'
import { ACT_APPLICATION_NAME } from '../kept-sessions'
import { literal } from '../server-side'

const OLDER_ORDER_END_MS = 200

type Change = {
  stamp: EffectStamp
  /** Backends whose last order has no known outcome. */
  givenUp: readonly number[]
  statementMs: number
  lockMs: number
  sql: string
}

/**
 * A change of a gate, as one transaction. Local durability is enough for it and must not be less: whatever was acknowledged
 * before lies below a flushed commit, and waiting for a synchronous standby here could wait for the one that is lost.
 */
export function gateChange({ stamp, givenUp, statementMs, lockMs, sql }: Change): string {
  return [
    `SET LOCAL statement_timeout = ${literal(Math.max(1, Math.round(statementMs)))}`,
    `SET LOCAL lock_timeout = ${literal(Math.max(1, Math.round(lockMs)))}`,
    'SET LOCAL synchronous_commit = local',
    refuseLateOrder(statementMs),
    refuseOlderLease(stamp),
    endOlderOrders(stamp, givenUp),
    `SET application_name = ${literal(orderName(stamp))}`,
    sql,
  ].join(';\n')
}

/** At most 63 bytes, which is all that PostgreSQL keeps: 12, a UUID and a lease epoch. */
function orderName({ operationId, leaseEpoch }: EffectStamp): string {
  return `${ACT_APPLICATION_NAME}/${operationId}/${leaseEpoch}`
}

function leaseOfOrder({ operationId }: EffectStamp): string {
  const prefix = literal(`${ACT_APPLICATION_NAME}/${operationId}/`)
  // Anybody may name a session like this, so what is not a number must read as none instead of failing the order.
  return `(CASE WHEN starts_with(a.application_name, ${prefix}) THEN substring(a.application_name from '/([0-9]{1,18})$')::bigint END)`
}

/**
 * An order is good for as long as its sender waits for it. One that a broken link held back and let go later would close a
 * gate that nobody remembers having asked for; it does nothing instead.
 */
function refuseLateOrder(waitsMs: number): string {
  const goodUntil = new Date(Date.now() + waitsMs + CLOCK_SKEW_MS_MAX).toISOString()
  return `SELECT homeport.refuse('STATUS_CONFLICT', 'This order arrived after its sender had stopped waiting for it, or the clocks differ by more than ${CLOCK_SKEW_MS_MAX} ms.')
    WHERE clock_timestamp() > ${literal(goodUntil)}::timestamptz`
}

/** A worker that lost its lease finds its successor here and does nothing. */
function refuseOlderLease(stamp: EffectStamp): string {
  return `SELECT homeport.refuse('STATUS_CONFLICT', 'Another worker, with a newer lease, carries out this operation.')
    WHERE EXISTS (SELECT FROM pg_stat_activity a WHERE a.usename = current_user
      AND ${leaseOfOrder(stamp)} > ${literal(stamp.leaseEpoch)}::bigint)`
}

/**
 * An order whose outcome is unknown may still lie in the network, and is carried out whenever it arrives: a freeze after its
 * own thaw, for one. No order arrives on a session that has ended, so these are ended first: those that this process gave
 * up, those of an older lease, and those opened before this one that have not given an order yet, which a worker that died
 * since may have sent.
 */
function endOlderOrders(stamp: EffectStamp, givenUp: readonly number[]): string {
  const pids = `'{${givenUp.filter(Number.isSafeInteger).join(',')}}'::int[]`
  return `SELECT pg_terminate_backend(a.pid, ${OLDER_ORDER_END_MS}) FROM pg_stat_activity a
    WHERE a.usename = current_user AND a.pid <> pg_backend_pid() AND starts_with(a.application_name, ${literal(ACT_APPLICATION_NAME)})
      AND (a.pid = ANY (${pids})
        OR ${leaseOfOrder(stamp)} < ${literal(stamp.leaseEpoch)}::bigint
        OR (a.application_name = ${literal(ACT_APPLICATION_NAME)}
          AND a.backend_start < (SELECT me.backend_start FROM pg_stat_activity me WHERE me.pid = pg_backend_pid())))`
}

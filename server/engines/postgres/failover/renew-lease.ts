import { type CallOptions, CLOCK_SKEW_MS_MAX, type Endpoint, type LeaseOrder } from '@/server/engines/contract'
import { renewLeaseSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { literal } from '../server-side'
import { onlyRow, send } from './effects'

/** The first renewal of an epoch waits for writers, and newcomers wait for it: long enough for short transactions only. */
const RENEW_LOCK_MS_MAX = 150
/** Not the name of those who change a gate: an operation that ends older orders must leave the lease alone. */
const LEASE_APPLICATION_NAME = 'homeport-lease'

/**
 * One round trip, and one transaction that waits for no standby. It needs no stamp: the instant is absolute and only ever
 * rises, so an order that arrives late, twice, or after its successor extends nothing beyond what was meant.
 */
export async function renewLease(
  sessions: KeptSessions,
  primary: Endpoint,
  lease: LeaseOrder,
  call: CallOptions,
): Promise<Date> {
  const doing = `Renewing the write lease of ${lease.scope} on ${primary.memberId}`
  const text = [
    `SET LOCAL statement_timeout = ${literal(Math.max(1, Math.round(call.timeoutMs)))}`,
    `SET LOCAL lock_timeout = ${literal(Math.max(1, Math.round(Math.min(RENEW_LOCK_MS_MAX, call.timeoutMs / 2))))}`,
    'SET LOCAL synchronous_commit = local',
    `SET application_name = ${literal(LEASE_APPLICATION_NAME)}`,
    renewLeaseSql(lease, lease.lastsMs + CLOCK_SKEW_MS_MAX),
  ].join(';\n')
  const [rows] = await send(sessions, { endpoint: primary, role: 'admin' }, doing, [text], call)
  return new Date(Number(onlyRow(rows, doing).until_ms))
}

import type { EffectStamp, FenceReceipt, LeaseOrder, ProbeCommand } from '@/server/engines/contract'
import { literal, POSITION_SQL, refuseWhen, SYSTEM_IDENTIFIER_SQL, TIMELINE_SQL } from './server-side'

/** Every text that names the gate package (server/gate), so that its names are known in one place. */
type Stamp = EffectStamp & { epoch: bigint }
type Fence = Pick<FenceReceipt, 'operationId' | 'epoch'>

const ITEMS_MAX = 100

export function freezeSql({ scope, epoch, operationId }: Stamp): string {
  return `SELECT homeport.freeze_gate(${literal(scope)}, ${literal(epoch)}, ${literal(operationId)})`
}

export function thawSql({ scope, epoch, operationId }: Stamp): string {
  return `SELECT homeport.thaw_gate(${literal(scope)}, ${literal(epoch)}, ${literal(operationId)})`
}

/** Whether writers of this epoch are let through on this server. */
export function isOpenSql({ scope, epoch }: Stamp): string {
  return `SELECT is_accepting AND epoch = ${literal(epoch)} AS is_open FROM homeport.gate_state(${literal(scope)})`
}

export function fenceSql({ scope, epoch, operationId }: Stamp): string {
  return `SELECT homeport.fence_gate(${literal(scope)}, ${literal(epoch)}, ${literal(operationId)})`
}

export function openSql({ scope, region, epoch, operationId }: Stamp & { region: string }): string {
  const args = [scope, region, epoch, operationId].map(literal).join(', ')
  return `SELECT homeport.open_gate(${args})`
}

export function renewLeaseSql(lease: LeaseOrder, aheadMsMax: number): string {
  const args = [lease.scope, lease.epoch, lease.until.toISOString(), Math.round(aheadMsMax)].map(literal).join(', ')
  return `SELECT extract(epoch from lease_until) * 1000 AS until_ms FROM homeport.renew_lease(${args})`
}

/** One row a session that was told to end; the lock wait of the next attempt is what waits for them. */
export function terminateWritersSql(scope: string): string {
  return `SELECT pid FROM homeport.terminate_writers(${literal(scope)}) WHERE was_signalled`
}

/** Read after the fence has committed, so that the flushed position covers all that was ever acknowledged. */
export function askFencedSql(scope: string): string {
  return `SELECT ${SYSTEM_IDENTIFIER_SQL} AS system_identifier, ${TIMELINE_SQL} AS timeline, ${POSITION_SQL}::text AS lsn,
    ${PREPARED_SQL} AS prepared, ${UNPROTECTED_SQL} AS unprotected,
    (SELECT extract(epoch from changed_at) * 1000 FROM homeport.write_gate WHERE scope = ${literal(scope)}) AS closed_at_ms`
}

/**
 * The gate's guard refuses another scope, as it must on every server that anybody uses. On a copy that nobody reaches it is
 * taken off for one change, in the transaction that has just established that this is one. PL/pgSQL for a block.
 */
export function adoptCloneSql(
  { liveScope, drillScope }: { liveScope: string; drillScope: string },
  prefix: string,
): string {
  const isClone = `starts_with(current_setting('cluster_name'), ${literal(`homeport/${prefix}`)})`
  const here = `(SELECT g.server_name FROM homeport.write_gate g) = current_setting('cluster_name')`
  const scope = '(SELECT g.scope FROM homeport.write_gate g)'
  return `
  ${refuseWhen(`${isClone} IS NOT TRUE`, `'This server is ' || current_setting('cluster_name') || ', not a throw-away copy.'`)}
  ${refuseWhen('pg_is_in_recovery()', `'The copy is not promoted.'`)}
  LOCK TABLE homeport.write_gate IN ACCESS EXCLUSIVE MODE;
  IF ${scope} IS DISTINCT FROM ${literal(drillScope)} THEN
    ${refuseWhen(`${scope} IS DISTINCT FROM ${literal(liveScope)}`, `'The copy holds the gate of ' || coalesce(${scope}, 'nothing') || '.'`)}
    ${refuseWhen(`${here} IS TRUE`, `'The gate lets this very server write: it is not a copy.'`)}
    ALTER TABLE homeport.write_gate DISABLE TRIGGER guard;
    UPDATE homeport.write_gate SET scope = ${literal(drillScope)};
    ALTER TABLE homeport.write_gate ENABLE ALWAYS TRIGGER guard;
  END IF;`
}

/** A write like an application's: one transaction, its epoch first. */
export function canarySql({ epoch, operationId }: Stamp): string {
  return `SET LOCAL homeport.scope_epoch = ${literal(epoch)};
    INSERT INTO homeport.canary (operation_id) VALUES (${literal(operationId)})`
}

export function heartbeatWriteSql(command: ProbeCommand, vantage: string): string {
  return `SET LOCAL homeport.scope_epoch = ${literal(command.epoch)};
    INSERT INTO homeport.heartbeat AS h (vantage, at, seq) VALUES (${literal(vantage)}, clock_timestamp(), 1)
      ON CONFLICT (vantage) DO UPDATE SET at = excluded.at, seq = h.seq + 1`
}

/** $1 is the vantage. */
export const HEARTBEAT_READ_SQL = 'SELECT at, seq FROM homeport.heartbeat WHERE vantage = $1'

/** Whether this server has replayed the very row that the fence wrote: what no other line of timelines can hold. */
export function holdsFenceSql({ operationId, epoch }: Fence): string {
  return `EXISTS (SELECT FROM homeport.write_gate
    WHERE status = 'FENCED' AND epoch = ${literal(epoch)} AND operation_id = ${literal(operationId)})`
}

/** The same on a server that this operation has promoted, and whose gate it may have opened since. */
export function cameFromFenceSql({ operationId, epoch }: Fence): string {
  return `EXISTS (SELECT FROM homeport.write_gate WHERE epoch = ${literal(epoch)} AND operation_id = ${literal(operationId)})`
}

/** Prepared transactions hold their place among the writers until somebody resolves them. Looked for only if there are any. */
const PREPARED_SQL = `CASE WHEN EXISTS (SELECT FROM pg_prepared_xacts)
  THEN (SELECT coalesce(json_agg(gid), '[]') FROM (SELECT gid FROM homeport.pending_prepared() LIMIT ${ITEMS_MAX}) p) ELSE '[]' END`

/** One row each, for a lock that was not had: any of them may be the one that holds it. */
export const PENDING_PREPARED_SQL = `SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared LIMIT ${ITEMS_MAX}`

const UNPROTECTED_SQL = `(SELECT coalesce(json_agg(DISTINCT table_name), '[]')
  FROM (SELECT table_name FROM homeport.unprotected() LIMIT ${ITEMS_MAX}) u)`

/** The gate's part of a report; $1 is the scope. */
export const GATE_REPORT_SQL = `
  'preparedTransactions', ${PREPARED_SQL},
  'gate', (SELECT json_build_object('scope', scope, 'region', coalesce(server_region, ''), 'epoch', epoch::text,
      'server', server_name, 'status', status, 'operationId', operation_id,
      'leaseUntilMs', extract(epoch from lease_until) * 1000) FROM homeport.write_gate WHERE scope = $1::text),
  'heartbeatAgeMs', (SELECT extract(epoch from clock_timestamp() - max(at)) * 1000 FROM homeport.heartbeat),
  'heartbeatAtMs', (SELECT extract(epoch from max(at)) * 1000 FROM homeport.heartbeat),
  'unprotected', ${UNPROTECTED_SQL}`

/** Names in the catalogs, since a role without rights on the schema cannot even ask for the table by its name. */
export const HAS_GATE_SQL = `EXISTS (SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
         WHERE n.nspname = 'homeport' AND c.relname = 'write_gate')`

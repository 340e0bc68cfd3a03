import { invariant } from '@/model/invariant'
import type { Connection } from './install-gate'

export type GateStatus = 'WRITABLE' | 'FROZEN' | 'FENCED'

/** The gate and the server it was read from, in one look. */
export type GateState = {
  /** The gate's row; null when this database has no such scope. It is replicated data: a standby reads its primary's. */
  gate: {
    scope: string
    epoch: number
    status: GateStatus
    /** Region and cluster_name of the server that was last opened; null when it never was. */
    region: string | null
    serverName: string | null
    leaseUntil: Date | null
    operationId: string | null
    openedBy: string | null
    changedAt: Date
  } | null
  /** Whether this server would take a write at the gate's epoch now. */
  isAccepting: boolean
  serverRegion: string | null
  serverName: string
  /** Decimal string: it does not fit a number. */
  systemIdentifier: string
  timeline: number
  /** Written on a primary, replayed on a standby; null on a standby that never replayed. */
  currentLsn: string | null
  /** Flushed on a primary, received on a standby. */
  flushLsn: string | null
  inRecovery: boolean
  /** By the clock of the server. */
  at: Date
  packageVersion: number
}

export async function readGate(client: Connection, scope: string | null = null): Promise<GateState> {
  const { rows } = await client.query<GateStateRow>('SELECT * FROM homeport.gate_state($1)', [scope])
  const row = rows[0]
  invariant(row, 'gate_state() returns one row')
  return {
    gate:
      row.scope === null || row.status === null || row.changed_at === null
        ? null
        : {
            scope: row.scope,
            epoch: Number(row.epoch),
            status: row.status,
            region: row.gate_region,
            serverName: row.gate_server,
            leaseUntil: row.lease_until,
            operationId: row.operation_id,
            openedBy: row.opened_by,
            changedAt: row.changed_at,
          },
    isAccepting: row.is_accepting,
    serverRegion: row.server_region,
    serverName: row.server_name,
    systemIdentifier: row.system_identifier,
    timeline: row.timeline,
    currentLsn: row.current_lsn,
    flushLsn: row.flush_lsn,
    inRecovery: row.in_recovery,
    at: row.at,
    packageVersion: row.package_version,
  }
}

export type Unprotected = { table: string; reason: string }

/** Holes in the protection: triggers missing, disabled, not ENABLE ALWAYS or changed; roles that could switch it off. */
export async function listUnprotected(client: Connection): Promise<Unprotected[]> {
  const { rows } = await client.query<Unprotected>(
    'SELECT table_name AS "table", reason FROM homeport.unprotected() ORDER BY 1, 2',
  )
  return rows
}

export type PendingPrepared = { gid: string; owner: string; preparedAt: Date }

/** Prepared transactions that wrote through the gate: no freeze or fence completes before each is resolved. */
export async function listPendingPrepared(client: Connection): Promise<PendingPrepared[]> {
  const { rows } = await client.query<PendingPrepared>(
    'SELECT gid, owner, prepared_at AS "preparedAt" FROM homeport.pending_prepared() ORDER BY 3, 1',
  )
  return rows
}

export type WriterInFlight = {
  pid: number
  roleName: string
  applicationName: string
  /** Its commit is durable here and waits for a standby: ending the session makes it visible, perhaps never replicated. */
  isWaitingForStandby: boolean
  /** Transaction id, or null when it has not written yet. */
  xid: string | null
}

const writerColumns = `pid, role_name AS "roleName", application_name AS "applicationName", is_waiting_for_standby AS "isWaitingForStandby", xid`

/** Sessions whose transaction has passed the gate and has not ended. */
export async function listWritersInFlight(client: Connection): Promise<WriterInFlight[]> {
  const { rows } = await client.query<WriterInFlight>(
    `SELECT ${writerColumns} FROM homeport.writers_in_flight() ORDER BY pid`,
  )
  return rows
}

/** Asks every writer in flight to end, and tells what each was doing. Freeze again to wait for them. */
export async function terminateWriters(client: Connection): Promise<WriterInFlight[]> {
  const { rows } = await client.query<WriterInFlight>(
    `SELECT ${writerColumns} FROM homeport.terminate_writers() ORDER BY pid`,
  )
  return rows
}

type GateStateRow = {
  scope: string | null
  epoch: string | null
  status: GateStatus | null
  gate_region: string | null
  gate_server: string | null
  lease_until: Date | null
  operation_id: string | null
  opened_by: string | null
  changed_at: Date | null
  is_accepting: boolean
  server_region: string | null
  server_name: string
  system_identifier: string
  timeline: number
  current_lsn: string | null
  flush_lsn: string | null
  in_recovery: boolean
  at: Date
  package_version: number
}

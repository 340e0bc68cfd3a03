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

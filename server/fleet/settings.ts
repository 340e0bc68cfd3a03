/**
 * What every server of the fleet is configured with. Small memory, since a whole estate shares one laptop; honest
 * durability (fsync, full-page writes, checksums), since what the console proves is proven against these servers.
 */
const FLEET_SETTINGS: Readonly<Record<string, string>> = {
  // Memory and processes.
  shared_buffers: '16MB',
  max_connections: '60',
  io_method: 'sync', // the default starts three more processes a server
  max_worker_processes: '12',
  max_parallel_workers_per_gather: '0',
  autovacuum_max_workers: '2',
  autovacuum_worker_slots: '2',
  jit: 'off',
  huge_pages: 'off',
  // Replication. A standby that falls further behind than wal_keep_size is rebuilt, so no slot can fill the disk.
  wal_level: 'logical',
  hot_standby: 'on',
  max_wal_senders: '10',
  max_replication_slots: '10',
  max_prepared_transactions: '10',
  wal_keep_size: '128MB',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  wal_retrieve_retry_interval: '100ms', // the default of 5 s is slept through when a promotion races a dying receiver
  wal_receiver_status_interval: '1s',
  wal_sender_timeout: '10s', // a black-holed link is noticed in seconds
  wal_receiver_timeout: '10s',
  track_commit_timestamp: 'on',
  // Access.
  unix_socket_directories: "''",
  password_encryption: "'scram-sha-256'",
  // Logs.
  log_destination: "'stderr'",
  log_min_messages: 'warning',
  log_line_prefix: "'%m [%p] %q%u@%d '",
  log_checkpoints: 'off',
  timezone: "'UTC'",
  log_timezone: "'UTC'",
  lc_messages: "'C'",
}

export function postgresqlConf(extra: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ ...FLEET_SETTINGS, ...extra }).map(([name, value]) => `${name} = ${value}`)
  return `# Written by the fleet at each start. Port and cluster_name are on the command line.\n${lines.join('\n')}\n`
}

/** Loopback only, passwords only, for everybody including superusers and replication. */
export const PG_HBA_CONF = `host all all 127.0.0.1/32 scram-sha-256
host replication replicator 127.0.0.1/32 scram-sha-256
`

/** Of a server that came back closed: neither applications nor standbys, only the console, which signs in as the superuser. */
export const CLOSED_HBA_CONF = `host all homeport_admin 127.0.0.1/32 scram-sha-256
`

/** Of a clone: nobody may make a standby of it. */
export const CLONE_HBA_CONF = `host all homeport_admin,app 127.0.0.1/32 scram-sha-256
`

/** The server's own statement of who and where it is: sessions cannot set it and replication does not carry it. */
export function clusterName(member: { name: string; region: string }): string {
  return `homeport/${member.name}/${member.region}`
}

import { GATE_REPORT_SQL, HAS_GATE_SQL } from './gate-sql'
import { POSITION_SQL, SYSTEM_IDENTIFIER_SQL, TIMELINE_SQL } from './server-side'

/**
 * Everything a member says of itself, as one JSON text, so that it is one round trip and one snapshot. Works on primaries
 * and standbys of PostgreSQL 15 to 18. $1 is the scope, $2 the application's role. Lists are cut: a member with more is
 * a member whose answer would not be read anyway.
 */
const LIST_ITEMS_MAX = 100

export function observeSql(parts: { hasGate: boolean }): string {
  return `
SELECT json_build_object(
  'isStandby', pg_is_in_recovery(),
  'systemIdentifier', ${SYSTEM_IDENTIFIER_SQL},
  'timeline', ${TIMELINE_SQL},
  'lsn', ${POSITION_SQL}::text,
  'receivedLsn', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() END::text,
  'receiver', (SELECT json_build_object('status', status, 'upstreamPort', sender_port,
      'lastMessageAgeMs', ${ageMs('last_msg_receipt_time')}) FROM pg_stat_wal_receiver),
  'standbys', (SELECT coalesce(json_agg(s), '[]') FROM (
      SELECT coalesce(substring(application_name from '^homeport/([^/]+)/'), application_name) AS name, state,
             replay_lsn::text AS "replayLsn", extract(epoch from replay_lag) * 1000 AS "replayLagMs", sync_state AS sync
        FROM pg_stat_replication
       WHERE pid NOT IN (SELECT active_pid FROM pg_replication_slots WHERE slot_type = 'logical' AND active_pid IS NOT NULL)
       ORDER BY 1 LIMIT ${LIST_ITEMS_MAX}) s),
  ${parts.hasGate ? GATE_REPORT_SQL : UNGATED},
  'settings', json_build_object(
      'fsync', current_setting('fsync'), 'fullPageWrites', current_setting('full_page_writes'),
      'synchronousCommit', (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'),
      'synchronousStandbyNames', current_setting('synchronous_standby_names'),
      'overrides', ${SYNCHRONOUS_COMMIT_OVERRIDES}),
  'serverVersion', current_setting('server_version'),
  'serverName', current_setting('cluster_name'),
  'sizeBytes', pg_database_size(current_database())::text,
  'nowMs', extract(epoch from clock_timestamp()) * 1000
)::text AS report, ${HAS_GATE_SQL} AS has_gate`
}

function ageMs(instant: string): string {
  return `extract(epoch from clock_timestamp() - ${instant}) * 1000`
}

/** Where the role or the database is set to acknowledge before the log is safe. What a session sets itself is not seen. */
const SYNCHRONOUS_COMMIT_OVERRIDES = `(SELECT coalesce(json_agg(json_build_object('of', o.of, 'value', o.value)), '[]') FROM (
      SELECT CASE WHEN s.setrole = 0 THEN 'database ' || current_database() ELSE 'role ' || r.rolname END AS of,
             substring(setting from '^synchronous_commit=(.*)$') AS value
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
             CROSS JOIN unnest(s.setconfig) AS setting
       WHERE setting LIKE 'synchronous_commit=%' AND (s.setrole = 0 OR r.rolname = $2)
         AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
       LIMIT ${LIST_ITEMS_MAX}) o)`

const UNGATED = `
  'preparedTransactions', (SELECT coalesce(json_agg(gid), '[]') FROM (
      SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY gid LIMIT ${LIST_ITEMS_MAX}) p),
  'gate', NULL, 'heartbeatAgeMs', NULL, 'heartbeatAtMs', NULL, 'unprotected', '[]'::json, 'scope', $1::text`

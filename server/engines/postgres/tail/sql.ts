import { escapeIdentifier } from 'pg'
import { leftTimelineSql, literal, POSITION_SQL, SYSTEM_IDENTIFIER_SQL, TIMELINE_SQL } from '../server-side'

/** The statements behind reading a tail. Every value is a literal: cursors take no parameters in a text of several statements. */

/** A row bigger than this is told by its hash and stays where it is. */
export const ROW_BYTES_MAX = 8 * 1024 * 1024

export type Table = {
  /** As SQL writes it, with its schema. */
  name: string
  tenantColumn: string | null
  isPartitioned: boolean
  /** In the order of their names. Empty: rows have no key, and are what they hold. */
  keyColumns: readonly string[]
}

/** One text for the same row on both servers: settings that change how a value is written are named. */
export function beginSql(limits: { statementMs: number; idleMs: number }): string {
  return `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL search_path = '';
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1;
    SET LOCAL row_security = off; SET LOCAL work_mem = '32MB';
    SET LOCAL statement_timeout = ${literal(Math.max(1, Math.round(limits.statementMs)))};
    SET LOCAL idle_in_transaction_session_timeout = ${literal(Math.max(1, Math.round(limits.idleMs)))}`
}

/** The newest transaction number that a row seen here can carry, in 64 bits. */
const NEWEST_XID_SQL = `(SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)`

export function askServerSql(lsn: string): string {
  return `SELECT ${SYSTEM_IDENTIFIER_SQL} AS system_identifier, pg_is_in_recovery() AS is_standby, ${TIMELINE_SQL} AS timeline,
    ${POSITION_SQL}::text AS lsn, ${POSITION_SQL} < ${literal(lsn)}::pg_lsn AS is_before, ${NEWEST_XID_SQL} AS newest_xid,
    EXISTS (SELECT FROM homeport.gate_state() WHERE is_accepting) AS is_open`
}

export function askDescentSql(point: { timeline: number; lsn: string }): string {
  return `SELECT ${leftTimelineSql(point)} AS has_left`
}

/**
 * Tables behind the gate, but for the package's own: their rows are probes. A key is the primary key, or else a unique index
 * over columns that are never null.
 */
export const ASK_TABLES = `SELECT p.table_name::text AS name, p.tenant_column, c.relkind = 'p' AS is_partitioned, coalesce(k.columns, '[]') AS key_columns
  FROM homeport.protected_table p JOIN pg_class c ON c.oid = p.table_name
  LEFT JOIN LATERAL (
    SELECT json_agg(a.attname ORDER BY a.attname COLLATE "C") AS columns
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS part (attnum, ordinal)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = part.attnum AND a.attnotnull
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND part.ordinal <= i.indnkeyatts
    GROUP BY i.indexrelid, i.indisprimary
    HAVING count(*) = count(a.attname)
    ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) k ON true
  WHERE c.relnamespace <> 'homeport'::regnamespace
  ORDER BY 1`

/**
 * Every row of a table in the order of its key. A row's xmin has 32 bits: it is one of the last 2^32 numbers, the newest
 * being \`newestXid\`; a frozen row from before those looks newer than it is, which \`isMaybeOld\` of extract.ts sorts out.
 */
export function rowsSql(table: Table, side: { newestXid: bigint; snapshot: string }): string {
  const newest = literal(side.newestXid)
  return `SELECT k.key, k.relation::regclass AS relation, k.at, k.raw_xid, k.xid,
      CASE WHEN k.raw_xid < 3 OR k.xid < pg_snapshot_xmin(${literal(side.snapshot)}::pg_snapshot)::text::bigint THEN false
        ELSE NOT pg_visible_in_snapshot(k.xid::text::xid8, ${literal(side.snapshot)}::pg_snapshot) END AS is_new
    FROM (SELECT ${keySql(table)} AS key, t.tableoid AS relation, t.ctid AS at, t.xmin::text::bigint AS raw_xid,
        ${newest}::bigint - ((${newest}::bigint - t.xmin::text::bigint) & 4294967295) AS xid
      FROM ${fromSql(table)} t) k
    ORDER BY convert_to(k.key, 'UTF8')`
}

/** Keys as RFC 8785 would write them: sorted names, no blanks. For a row without a key: its hash, which is quoted here. */
function keySql({ keyColumns }: Table): string {
  if (keyColumns.length === 0) return `'"' || ${HASH_SQL('to_jsonb(t)::text')} || '"'`
  const parts = keyColumns.map(
    (column) => `${literal(`${JSON.stringify(column)}:`)} || to_json(t.${escapeIdentifier(column)})::text`,
  )
  return `'{' || ${parts.join(` || ',' || `)} || '}'`
}

const HASH_SQL = (text: string) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`

/** A plain table's children, should it have any, are not behind its gate. */
function fromSql({ name, isPartitioned }: Table): string {
  return isPartitioned ? name : `ONLY ${name}`
}

/** Rows by their place, which holds as long as the transaction in which it was read. */
export function measureSql({ relation, ats }: { relation: string; ats: readonly string[] }, table: Table): string {
  return `SELECT t.ctid AS at, ${HASH_SQL('j.body')} AS hash, octet_length(convert_to(j.body, 'UTF8')) AS size_bytes,
      ${table.tenantColumn === null ? 'NULL' : `t.${escapeIdentifier(table.tenantColumn)}::text`} AS tenant_id
    FROM ONLY ${relation} t CROSS JOIN LATERAL (SELECT to_jsonb(t)::text AS body) j WHERE t.ctid = ANY (${tids(ats)})`
}

export function bodiesSql({ relation, ats }: { relation: string; ats: readonly string[] }): string {
  return `SELECT t.ctid AS at, to_jsonb(t)::text AS body FROM ONLY ${relation} t WHERE t.ctid = ANY (${tids(ats)})`
}

function tids(ats: readonly string[]): string {
  return `${literal(`{${ats.map((at) => `"${at}"`).join(',')}}`)}::tid[]`
}

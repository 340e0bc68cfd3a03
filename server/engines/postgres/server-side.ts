import { escapeLiteral } from 'pg'

/**
 * SQL that runs beside the data. Waits happen on the server, so that a condition is seen within milliseconds although the
 * round trip may take a quarter of a second; and a check happens in the same text as the effect it permits.
 */
export const POLL_SECONDS = 0.001
const HISTORY_BYTES_MAX = 65_536
const POSITION = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i

export function literal(value: string | bigint | number): string {
  return escapeLiteral(String(value))
}

/** Raised by our own checks: nothing was done, and the message is a sentence for the operator. */
export const CHECK_FAILED_SQLSTATE = 'HPX01'

/**
 * PL/pgSQL that polls until `condition` holds or `waitMs` have passed. It commits on every turn: a standby does not apply
 * a cleanup that a sleeping snapshot could still see, so a wait with one snapshot can hold up what it waits for. For the
 * same reason the block must be a message of its own.
 */
export function pollUntil(condition: string, waitMs: number): string {
  return `give_up_at := clock_timestamp() + interval '${Math.max(0, Math.round(waitMs))} milliseconds';
  LOOP
    EXIT WHEN (${condition}) OR clock_timestamp() > give_up_at;
    COMMIT;
    PERFORM pg_sleep(${POLL_SECONDS});
  END LOOP;`
}

export function block(body: string): string {
  return `DO $homeport$ DECLARE give_up_at timestamptz; BEGIN ${body} END $homeport$`
}

/** PL/pgSQL that ends the block with `says` when `condition` holds. */
export function refuseWhen(condition: string, says: string): string {
  return `IF ${condition} THEN RAISE EXCEPTION USING ERRCODE = '${CHECK_FAILED_SQLSTATE}', MESSAGE = ${says}; END IF;`
}

/** Where in the WAL a server stands: flushed on a primary, replayed on a standby. */
export const POSITION_SQL =
  '(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)'

export const SYSTEM_IDENTIFIER_SQL = '(SELECT system_identifier::text FROM pg_control_system())'

/**
 * A primary's control file names the old timeline until its next checkpoint, so its current WAL file is asked instead.
 * On a standby the receiver knows best; without one, the newest of what the control file knows.
 */
export const TIMELINE_SQL = `(CASE WHEN pg_is_in_recovery() THEN coalesce(
    (SELECT received_tli FROM pg_stat_wal_receiver),
    greatest((SELECT timeline_id FROM pg_control_checkpoint()), (SELECT min_recovery_end_timeline FROM pg_control_recovery())))
  ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END)`

/**
 * Whether WAL written at `lsn` of `timeline` is part of what this server stands on. A higher position alone says nothing:
 * a server that left the timeline before `lsn` holds other bytes at the same place. Its history file says where it left.
 * Throws when the arguments are not a timeline and a position.
 */
export function onLineageSql(point: { timeline: number; lsn: string }): string {
  if (!Number.isSafeInteger(point.timeline) || !isPosition(point.lsn)) throw new TypeError('Not a point in the WAL.')
  const { timeline, lsn } = point
  return `(${TIMELINE_SQL} = ${timeline} OR ${leftTimelineSql({ timeline, lsn })})`
}

/** Whether this server's timeline branched off `timeline` at or after `lsn`. */
export function leftTimelineSql({ timeline, lsn }: { timeline: number; lsn: string }): string {
  return `(${TIMELINE_SQL} > ${timeline} AND coalesce((regexp_match(
    coalesce(pg_read_file('pg_wal/' || upper(lpad(to_hex(${TIMELINE_SQL}), 8, '0')) || '.history', 0, ${HISTORY_BYTES_MAX}, true), ''),
    '^\\s*${timeline}\\s+([0-9A-F]+/[0-9A-F]+)', 'n'))[1]::pg_lsn >= '${lsn}'::pg_lsn, false))`
}

export function isPosition(text: string): boolean {
  return POSITION.test(text)
}

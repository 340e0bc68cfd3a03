import { performance } from 'node:perf_hooks'
import {
  type CallOptions,
  type Drained,
  type Endpoint,
  type FailoverOps,
  NotDone,
  OutcomeUnknown,
} from '@/server/engines/contract'
import type { KeptSessions } from '../kept-sessions'
import { block, literal, POLL_SECONDS, SYSTEM_IDENTIFIER_SQL, TIMELINE_SQL } from '../server-side'
import { type Row, remaining } from '../session'
import { onlyRow, send, serverWaitMs } from './effects'
import { DRAINED_SNAPSHOT_SQL } from './snapshot-sql'

type Family = Parameters<FailoverOps['drain']>[1]

/**
 * A slot that exists nowhere: the receiver is told to stream from it and cannot, so nothing arrives any more, not even over
 * a link that heals in the middle. The slot's former name is kept in it, so that going back needs no memory of ours; and
 * unlike `primary_conninfo` it holds no password that would have to leave the server.
 */
export const OFF_PREFIX = 'homeport_off_'
const SLOT_NAME_CHARS_MAX = 63
/** How long recovery has to find nothing more to replay. It looks again each time its receiver ends, within milliseconds. */
const SETTLED_MS = 15

/** The receiver is told to stop, and what was received is replayed to the last whole record. Safe to repeat. */
export async function drain(
  sessions: KeptSessions,
  standby: Endpoint,
  family: Family,
  call: CallOptions,
): Promise<Drained> {
  const doing = `Draining ${standby.memberId}`
  const startedAtMs = performance.now()
  const to = { endpoint: standby, role: 'admin' } as const
  const [before] = await send(sessions, to, doing, [ASK_BEFORE], call)
  const { slot, timeline } = checked(onlyRow(before, doing), family, doing)
  const left = remaining(call, startedAtMs)
  const texts = [
    `ALTER SYSTEM SET primary_slot_name = ${literal(offName(slot, doing))}`,
    'SELECT pg_reload_conf()',
    block(untilSettled(offName(slot, doing), serverWaitMs(left))),
    ASK_AFTER,
  ]
  const answers = await send(sessions, to, doing, texts, left)
  const row = onlyRow(answers.at(-1), doing)
  // It has been told to receive nothing: whoever gives up from here has to take that back.
  if (row.is_standby !== 't') throw new OutcomeUnknown(`${doing}: it was promoted meanwhile.`)
  if (row.is_settled !== 't') {
    throw new OutcomeUnknown(
      `${doing}: it had not replayed all it received in time; it stands at ${row.lsn} and ${row.waits}.`,
    )
  }
  return { timeline, lsn: row.lsn ?? '', snapshot: row.snapshot ?? '', tookMs: performance.now() - startedAtMs }
}

/** Undo of `drain`: it receives again. Does nothing to a server that was never drained. */
export async function undrain(sessions: KeptSessions, standby: Endpoint, call: CallOptions): Promise<void> {
  const doing = `Letting ${standby.memberId} receive again`
  const startedAtMs = performance.now()
  const to = { endpoint: standby, role: 'admin' } as const
  const [rows] = await send(sessions, to, doing, ["SELECT current_setting('primary_slot_name') AS slot"], call)
  const { slot } = onlyRow(rows, doing)
  if (!slot?.startsWith(OFF_PREFIX)) return
  const former = slot.slice(OFF_PREFIX.length)
  const restore = former ? `SET primary_slot_name = ${literal(former)}` : 'RESET primary_slot_name'
  const texts = [`ALTER SYSTEM ${restore}`, 'SELECT pg_reload_conf()']
  await send(sessions, to, doing, texts, remaining(call, startedAtMs))
}

function checked(row: Row, family: Family, doing: string): { slot: string; timeline: number } {
  if (row.system_identifier !== family.systemIdentifier) {
    throw new NotDone(`${doing}: it is of another database family (${row.system_identifier}).`)
  }
  if (row.is_standby !== 't') throw new NotDone(`${doing}: it is a primary.`)
  const timeline = Number(row.timeline)
  if (timeline !== family.timeline) {
    throw new NotDone(
      `${doing}: it stands on timeline ${row.timeline}, and the server to be replaced on ${family.timeline}.`,
    )
  }
  // A pause is somebody's decision; promoting would end it and replay on, behind the place that is noted here.
  if (row.is_paused === 't')
    throw new NotDone(`${doing}: its replay is paused. Run SELECT pg_wal_replay_resume() there.`)
  return { slot: row.slot ?? '', timeline }
}

function offName(slot: string, doing: string): string {
  if (slot.startsWith(OFF_PREFIX)) return slot
  const name = `${OFF_PREFIX}${slot}`
  if (name.length <= SLOT_NAME_CHARS_MAX) return name
  throw new NotDone(`${doing}: the name of its slot, ${slot}, is too long to be kept while it is off.`)
}

/**
 * Without a receiver, the control file may still name the timeline before the last one that was followed; the segment in
 * which replay stands names it.
 */
const SEGMENT_SQL = `(SELECT lpad(upper(to_hex(div(p.at, 4294967296)::bigint)), 8, '0')
    || lpad(upper(to_hex(div(mod(p.at, 4294967296), p.size)::bigint)), 8, '0')
  FROM (SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn) - 1 AS at,
    (SELECT setting::numeric FROM pg_settings WHERE name = 'wal_segment_size') AS size) p)`
const REPLAY_TIMELINE_SQL = `greatest(${TIMELINE_SQL}, (SELECT max(('x' || left(name, 8))::bit(32)::int)
  FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$' AND right(name, 16) = ${SEGMENT_SQL}))`

const ASK_BEFORE = `SELECT ${SYSTEM_IDENTIFIER_SQL} AS system_identifier, pg_is_in_recovery() AS is_standby,
  CASE WHEN pg_is_in_recovery() THEN ${REPLAY_TIMELINE_SQL} END AS timeline,
  CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END AS is_paused,
  current_setting('primary_slot_name') AS slot`

/** A receiver on any other slot could still bring something. One on ours proves that recovery knows of the change. */
const isReceivingSql = (off: string) =>
  `EXISTS (SELECT FROM pg_stat_wal_receiver WHERE coalesce(slot_name, '') <> ${literal(off)})`

/**
 * Recovery has replayed all there is when it waits for more. A position alone does not tell: the last record may have come
 * over in part, and then what was received stays ahead of what can be replayed for good.
 */
const IS_WAITING_SQL = `EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'startup'
  AND wait_event IN ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval'))`
const HAS_ALL_SQL = 'pg_last_wal_replay_lsn() >= coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())'

const SETTLED_SETTING = 'homeport.drain_settled'

/** Commits on every turn, as `pollUntil` does, and so that each look at the processes is a fresh one. */
function untilSettled(off: string, waitMs: number): string {
  return `PERFORM set_config('${SETTLED_SETTING}', 'f', false);
  give_up_at := clock_timestamp() + interval '${Math.max(0, Math.round(waitMs))} milliseconds';
  DECLARE
    stands pg_lsn;
    since timestamptz;
  BEGIN
    LOOP
      IF ${isReceivingSql(off)} OR NOT (${HAS_ALL_SQL} OR ${IS_WAITING_SQL}) OR pg_last_wal_replay_lsn() IS DISTINCT FROM stands THEN
        stands := pg_last_wal_replay_lsn();
        since := clock_timestamp();
      ELSIF clock_timestamp() > since + interval '${SETTLED_MS} milliseconds' AND ${IS_WAITING_SQL} THEN
        PERFORM set_config('${SETTLED_SETTING}', 't', false);
        EXIT;
      END IF;
      EXIT WHEN clock_timestamp() > give_up_at OR NOT pg_is_in_recovery();
      COMMIT;
      PERFORM pg_sleep(${POLL_SECONDS});
    END LOOP;
  END;`
}

/** One statement, hence one snapshot; nothing changes any more between it and the position. */
const ASK_AFTER = `SELECT pg_is_in_recovery() AS is_standby, current_setting('${SETTLED_SETTING}') AS is_settled,
  pg_last_wal_replay_lsn()::text AS lsn,
  (SELECT 'waits for ' || coalesce(wait_event, 'nothing') FROM pg_stat_activity WHERE backend_type = 'startup') AS waits,
  CASE WHEN pg_is_in_recovery() THEN ${DRAINED_SNAPSHOT_SQL} END AS snapshot`

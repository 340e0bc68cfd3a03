/**
 * Which transactions a standby has seen end, as the text of a pg_snapshot, and how to tell from a row's 32-bit xmin whether it
 * came over.
 *
 * pg_current_snapshot() cannot be used as it is: in recovery its list of running transactions is always empty (they are kept
 * elsewhere, for the standby's own visibility rules), so every transaction in flight would count as replicated. Each number in
 * its range is asked for instead. That also names subtransactions, whose numbers rows carry and whose parents a snapshot of a
 * primary would name alone, and prepared transactions.
 */

/** A transaction that stays open for a day holds the range open; past this, what is not looked at counts as not come over. */
const XIDS_LOOKED_AT_MAX = 4_000_000
/** What a snapshot lists. Beyond, everything from there on counts as not come over: too much is reported, never too little. */
const XIDS_LISTED_MAX = 20_000

export const DRAINED_SNAPSHOT_SQL = `(WITH seen AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
    bounds AS MATERIALIZED (SELECT pg_snapshot_xmin(snapshot)::text::bigint AS low,
      least(pg_snapshot_xmax(snapshot)::text::bigint, pg_snapshot_xmin(snapshot)::text::bigint + ${XIDS_LOOKED_AT_MAX}) AS high FROM seen),
    running AS MATERIALIZED (SELECT x.xid FROM bounds CROSS JOIN LATERAL generate_series(low, high - 1) x (xid)
      WHERE pg_xact_status(x.xid::text::xid8) = 'in progress' ORDER BY 1 LIMIT ${XIDS_LISTED_MAX} + 1),
    cap AS (SELECT CASE WHEN count(*) > ${XIDS_LISTED_MAX} THEN max(xid) ELSE (SELECT high FROM bounds) END AS high FROM running)
  SELECT (SELECT least(low, cap.high) FROM bounds) || ':' || cap.high || ':'
    || coalesce((SELECT string_agg(xid::text, ',' ORDER BY xid) FROM running WHERE xid < cap.high), '')
  FROM cap)`

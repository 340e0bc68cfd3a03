import type { Histogram } from '@/model/histogram'
import type { ProbeKind, ProbeOutcome, ProbeReach } from '@/model/observations'
import { type Db, Prisma } from '@/server/db'

/** One finished probe. `latencyMs` null where no answer came: a timeout has no latency. */
export type ProbeRecord = {
  vantageRegion: string
  memberId: string
  kind: ProbeKind
  outcome: ProbeOutcome
  latencyMs: number | null
  detail: string | null
  /** How far it came without an answer; null where there was one, and on a kept connection. */
  reach: ProbeReach | null
  observedAt: Date
}

/** What one vantage counted of one member and kind in one bucket of SAMPLE_BUCKET_MS. Only answers have a latency. */
export type ProbeCount = {
  bucketAt: Date
  vantageRegion: string
  memberId: string
  kind: ProbeKind
  okCount: number
  refusedCount: number
  failedCount: number
  histogram: Histogram
}

/** One statement carries at most this many rows, so that no flush grows without bound. */
const BATCH_ROWS_MAX = 500
const DETAIL_CHARS_MAX = 300

/**
 * Keeps the newest answer of each vantage, member and kind. `outcome_since` moves when the outcome changes, and when a host
 * begins to refuse, since that tells more than "unreachable". A late batch never replaces a newer answer. `records` holds at
 * most one record a key. `turnedCount`: how many turned out otherwise than the answer before.
 */
export async function recordProbes(db: Db, records: readonly ProbeRecord[]): Promise<{ turnedCount: number }> {
  let turnedCount = 0
  for (const batch of batches(records)) {
    const rows = batch.map((record) => ({ ...record, detail: record.detail?.slice(0, DETAIL_CHARS_MAX) ?? null }))
    const known = await db.$queryRaw<{ hasTurned: boolean }[]>`
      INSERT INTO probe_observation AS known
        (vantage_region, member_id, kind, outcome, reach, latency_ms, detail, observed_at, outcome_since, last_ok_at, last_ok_ms)
      SELECT "vantageRegion", "memberId", kind, outcome, reach, "latencyMs", detail, "observedAt", "observedAt",
             CASE WHEN outcome = 'ok' THEN "observedAt" END, CASE WHEN outcome = 'ok' THEN "latencyMs" END
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS seen
             ("vantageRegion" text, "memberId" text, kind text, outcome text, reach text, "latencyMs" float8, detail text,
              "observedAt" timestamptz)
       ORDER BY 1, 2, 3
      ON CONFLICT (vantage_region, member_id, kind) DO UPDATE SET
        outcome = EXCLUDED.outcome, reach = EXCLUDED.reach, latency_ms = EXCLUDED.latency_ms, detail = EXCLUDED.detail,
        observed_at = EXCLUDED.observed_at,
        outcome_since = CASE
          WHEN known.outcome <> EXCLUDED.outcome OR (EXCLUDED.reach = 'refused' AND known.reach IS DISTINCT FROM 'refused')
          THEN EXCLUDED.outcome_since ELSE known.outcome_since END,
        last_ok_at = coalesce(EXCLUDED.last_ok_at, known.last_ok_at),
        last_ok_ms = coalesce(EXCLUDED.last_ok_ms, known.last_ok_ms)
      WHERE known.observed_at <= EXCLUDED.observed_at
      RETURNING known.outcome_since = known.observed_at AS "hasTurned"`
    turnedCount += known.filter(({ hasTurned }) => hasTurned).length
  }
  return { turnedCount }
}

/**
 * Adds counts to their buckets. Buckets merge by addition, so a bucket that two probers shared in turn (a lease that
 * changed hands) holds the sum of both and counts no probe twice.
 */
export async function recordProbeCounts(db: Db, counts: readonly ProbeCount[]): Promise<void> {
  for (const batch of batches(counts))
    await db.$executeRaw`
      INSERT INTO probe_sample AS known
        (bucket_at, vantage_region, member_id, kind, ok_count, refused_count, failed_count, histogram)
      SELECT "bucketAt", "vantageRegion", "memberId", kind, "okCount", "refusedCount", "failedCount", histogram
        FROM jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) AS seen
             ("bucketAt" timestamptz, "vantageRegion" text, "memberId" text, kind text,
              "okCount" int, "refusedCount" int, "failedCount" int, histogram jsonb)
       ORDER BY 2, 3, 4, 1
      ON CONFLICT (vantage_region, member_id, kind, bucket_at) DO UPDATE SET
        ok_count = known.ok_count + EXCLUDED.ok_count,
        refused_count = known.refused_count + EXCLUDED.refused_count,
        failed_count = known.failed_count + EXCLUDED.failed_count,
        histogram = ${MERGED_HISTOGRAM}`
}

/** model/histogram.ts, in SQL: counts add up by bucket, the highest maximum stays. */
const MERGED_HISTOGRAM = Prisma.sql`jsonb_build_object(
  'maxMs', greatest((known.histogram->>'maxMs')::float8, (EXCLUDED.histogram->>'maxMs')::float8),
  'counts', (SELECT coalesce(jsonb_object_agg(bucket, total), '{}')
               FROM (SELECT key AS bucket, sum(value::bigint) AS total
                       FROM (SELECT * FROM jsonb_each_text(known.histogram->'counts')
                             UNION ALL SELECT * FROM jsonb_each_text(EXCLUDED.histogram->'counts')) AS both_sides
                      GROUP BY key) AS merged))`

function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += BATCH_ROWS_MAX) yield rows.slice(from, from + BATCH_ROWS_MAX)
}

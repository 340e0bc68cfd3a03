import { countOf, type Histogram, quantileMs } from '@/model/histogram'
import type { ProbeKind } from '@/model/observations'
import type { Percentiles } from '@/model/schemas/common'
import type { Db } from '@/server/db'

export type LatencySeen = {
  vantageRegion: string
  memberId: string
  kind: ProbeKind
  failedCount: number
  histogram: Histogram
}

/** Longest window that the whole matrix is merged over; one link may be read over a day. */
export const MATRIX_WINDOW_MS_MAX = 3_600_000

/**
 * Histograms of every vantage, member and kind, merged in the database over the buckets that began in the window: the sum
 * of counts is exact, so any further merge here is as well.
 */
export async function readLatencies(db: Db, { from, to }: { from: Date; to: Date }): Promise<LatencySeen[]> {
  return db.$queryRaw<LatencySeen[]>`
    WITH sampled AS MATERIALIZED (
      SELECT vantage_region, member_id, kind, failed_count, histogram FROM probe_sample
       WHERE bucket_at >= ${from} AND bucket_at < ${to}),
    totals AS (
      SELECT vantage_region, member_id, kind, sum(failed_count)::int AS failed, max((histogram->>'maxMs')::float8) AS max_ms
        FROM sampled GROUP BY 1, 2, 3),
    buckets AS (
      SELECT vantage_region, member_id, kind, jsonb_object_agg(bucket, total) AS counts
        FROM (SELECT vantage_region, member_id, kind, key AS bucket, sum(value::int) AS total
                FROM sampled CROSS JOIN LATERAL jsonb_each_text(histogram->'counts')
               GROUP BY 1, 2, 3, 4) AS summed
       GROUP BY 1, 2, 3)
    SELECT vantage_region AS "vantageRegion", member_id AS "memberId", kind, failed AS "failedCount",
           jsonb_build_object('maxMs', max_ms, 'counts', coalesce(counts, '{}')) AS histogram
      FROM totals LEFT JOIN buckets USING (vantage_region, member_id, kind)`
}

export type LatencyStep = { at: Date; failedCount: number; histogram: Histogram }

/** Reads of `memberIds` from one vantage, merged into steps of `stepMs`; a step without any probe is absent. */
export async function readLatencySteps(
  db: Db,
  query: { vantageRegion: string; memberIds: readonly string[]; from: Date; to: Date; stepMs: number },
): Promise<LatencyStep[]> {
  const stepSeconds = query.stepMs / 1_000
  return db.$queryRaw<LatencyStep[]>`
    WITH sampled AS MATERIALIZED (
      SELECT to_timestamp(floor(extract(epoch FROM bucket_at) / ${stepSeconds}::float8) * ${stepSeconds}::float8) AS at, failed_count, histogram
        FROM probe_sample
       WHERE vantage_region = ${query.vantageRegion} AND member_id = ANY(${[...query.memberIds]}) AND kind = 'read'
         AND bucket_at >= ${query.from} AND bucket_at < ${query.to}),
    totals AS (SELECT at, sum(failed_count)::int AS failed, max((histogram->>'maxMs')::float8) AS max_ms FROM sampled GROUP BY 1),
    buckets AS (
      SELECT at, jsonb_object_agg(bucket, total) AS counts
        FROM (SELECT at, key AS bucket, sum(value::int) AS total
                FROM sampled CROSS JOIN LATERAL jsonb_each_text(histogram->'counts') GROUP BY 1, 2) AS summed
       GROUP BY 1)
    SELECT at, failed AS "failedCount", jsonb_build_object('maxMs', max_ms, 'counts', coalesce(counts, '{}')) AS histogram
      FROM totals LEFT JOIN buckets USING (at) ORDER BY at`
}

/** Null percentiles where there is no sample: an empty histogram has no latency, not a latency of zero. */
export function percentilesOf(histogram: Histogram): Percentiles {
  const count = countOf(histogram)
  return {
    p50Ms: quantileMs(histogram, 0.5),
    p95Ms: quantileMs(histogram, 0.95),
    p99Ms: quantileMs(histogram, 0.99),
    maxMs: count === 0 ? null : histogram.maxMs,
    count,
  }
}

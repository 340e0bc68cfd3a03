import { SAMPLE_BUCKET_MS } from '@/model/observations'
import type { Db } from '@/server/db'

/** The application's own counts of one minute from one user region to one cell. */
export type TrafficSeen = {
  userRegion: string
  cellId: string
  writesAcked: number
  readsOk: number
  failed: number
  refused: Record<string, number>
}

/** `seconds`: what the counts are to be divided by; fewer than sixty where the application has begun to report since. */
export type TrafficMinute = { rows: TrafficSeen[]; from: Date; to: Date; seconds: number }

const TRAFFIC_WINDOW_MS = 60_000
/** An application that has not reported for this long is not reporting: its rates are unknown, not zero. */
export const TRAFFIC_SILENT_MS_MAX = 6 * SAMPLE_BUCKET_MS

/**
 * The last whole minute that the application has reported: it ends with its newest bucket that has ended, so one that is
 * still being counted never looks like a drop. Null when it does not report.
 */
export async function readTraffic(db: Db, now: Date): Promise<TrafficMinute | null> {
  const found = await db.$queryRaw<(TrafficSeen & { oldestAt: Date; newestAt: Date })[]>`
    WITH newest AS (SELECT max(bucket_at) AS at FROM traffic_sample
       WHERE bucket_at > ${new Date(now.getTime() - TRAFFIC_SILENT_MS_MAX)} AND bucket_at <= ${new Date(now.getTime() - SAMPLE_BUCKET_MS)}),
    sampled AS MATERIALIZED (
      SELECT sample.*, newest.at AS newest_at FROM traffic_sample AS sample CROSS JOIN newest
       WHERE bucket_at > newest.at - ${TRAFFIC_WINDOW_MS} * interval '1 millisecond' AND bucket_at <= newest.at),
    refusals AS (
      SELECT user_region, cell_id, jsonb_object_agg(code, total) AS refused
        FROM (SELECT user_region, cell_id, key AS code, sum(value::int) AS total
                FROM sampled CROSS JOIN LATERAL jsonb_each_text(sampled.refused) GROUP BY 1, 2, 3) AS summed
       GROUP BY 1, 2)
    SELECT user_region AS "userRegion", cell_id AS "cellId", sum(writes_acked)::int AS "writesAcked",
           sum(reads_ok)::int AS "readsOk", sum(failed)::int AS failed,
           coalesce((SELECT refused FROM refusals WHERE refusals.user_region = sampled.user_region AND refusals.cell_id = sampled.cell_id), '{}') AS refused,
           min(bucket_at) AS "oldestAt", max(newest_at) AS "newestAt"
      FROM sampled GROUP BY user_region, cell_id`
  const newestAt = found[0]?.newestAt
  if (!newestAt) return null
  const to = new Date(newestAt.getTime() + SAMPLE_BUCKET_MS)
  const from = new Date(Math.min(...found.map(({ oldestAt }) => oldestAt.getTime())))
  const rows = found.map(({ oldestAt: _, newestAt: __, ...row }) => row)
  return { rows, from, to, seconds: (to.getTime() - from.getTime()) / 1_000 }
}

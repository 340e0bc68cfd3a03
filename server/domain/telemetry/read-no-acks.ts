import { SAMPLE_BUCKET_MS } from '@/model/observations'
import type { Db } from '@/server/db'
import { TRAFFIC_SILENT_MS_MAX } from './read-traffic'

/** Shorter than this is a switchover, or a cell that few write to. */
const NO_ACK_MS_MIN = 30_000

/**
 * By cell, for how many ms the application has had not one write acknowledged although commands failed or were refused, as far
 * as it has reported. A cell that it does not try, or an application that does not report, is not among them: that is unknown.
 */
export async function readNoAcks(db: Db, now: Date): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ cellId: string; fromAt: Date; toAt: Date; lastAckAt: Date | null }[]>`
    WITH newest AS (SELECT max(bucket_at) AS at FROM traffic_sample
       WHERE bucket_at > ${new Date(now.getTime() - TRAFFIC_SILENT_MS_MAX)} AND bucket_at <= ${new Date(now.getTime() - SAMPLE_BUCKET_MS)})
    SELECT sample.cell_id AS "cellId", min(sample.bucket_at) AS "fromAt",
           newest.at + ${SAMPLE_BUCKET_MS} * interval '1 millisecond' AS "toAt",
           (SELECT max(last_ack_at) FROM traffic_epoch AS epoch WHERE epoch.scope = cell.scope) AS "lastAckAt"
      FROM newest
      JOIN traffic_sample AS sample
        ON sample.bucket_at > newest.at - ${NO_ACK_MS_MIN} * interval '1 millisecond' AND sample.bucket_at <= newest.at
      JOIN cell ON cell.id = sample.cell_id
     GROUP BY sample.cell_id, cell.scope, newest.at
    HAVING sum(sample.writes_acked) = 0
       AND bool_or(sample.failed > 0 OR EXISTS (
         SELECT FROM jsonb_each_text(sample.refused) AS refusal WHERE refusal.value::int > 0))`
  return new Map(
    rows
      .map(({ cellId, fromAt, toAt, lastAckAt }) => {
        const reportedMs = toAt.getTime() - fromAt.getTime()
        const noAckMs = lastAckAt ? toAt.getTime() - lastAckAt.getTime() : reportedMs
        return { cellId, reportedMs, noAckMs }
      })
      .filter(({ reportedMs, noAckMs }) => reportedMs >= NO_ACK_MS_MIN && noAckMs >= NO_ACK_MS_MIN)
      .map(({ cellId, noAckMs }) => [cellId, noAckMs]),
  )
}

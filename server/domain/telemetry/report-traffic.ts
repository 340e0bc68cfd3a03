import type { TrafficReport } from '@/model/schemas/traffic'
import { authorize, type Ctx } from '@/server/context'
import { announce, Prisma, transact } from '@/server/db'

/**
 * Keeps what an application counted. The same report twice changes nothing: a bucket's values replace the earlier ones, and
 * an epoch's first and last acknowledgement only widen. Counts are samples, not changes: they leave no audit event.
 */
export async function reportTraffic(ctx: Ctx, { buckets, epochs }: TrafficReport): Promise<Record<string, never>> {
  authorize(ctx, 'traffic:report')
  await transact(ctx.db, async (tx) => {
    if (buckets.length > 0)
      await tx.$executeRaw(Prisma.sql`
        INSERT INTO traffic_sample (bucket_at, user_region, cell_id, writes_acked, reads_ok, reads_stale, failed, refused, write_latency, read_latency)
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(buckets.map(sampleRow))}::jsonb) AS sent (
          bucket_at timestamptz, user_region text, cell_id text, writes_acked int, reads_ok int, reads_stale int, failed int,
          refused jsonb, write_latency jsonb, read_latency jsonb)
        ON CONFLICT (user_region, cell_id, bucket_at) DO UPDATE SET
          writes_acked = excluded.writes_acked, reads_ok = excluded.reads_ok, reads_stale = excluded.reads_stale,
          failed = excluded.failed, refused = excluded.refused, write_latency = excluded.write_latency, read_latency = excluded.read_latency`)
    if (epochs.length > 0)
      await tx.$executeRaw(Prisma.sql`
        INSERT INTO traffic_epoch AS held (scope, epoch, region, first_ack_at, last_ack_at, acked, gap_ms_p99)
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(epochs.map(epochRow))}::jsonb) AS sent (
          scope text, epoch bigint, region text, first_ack_at timestamptz, last_ack_at timestamptz, acked bigint, gap_ms_p99 float8)
        ON CONFLICT (scope, epoch) DO UPDATE SET
          first_ack_at = least(held.first_ack_at, excluded.first_ack_at),
          last_ack_at = greatest(held.last_ack_at, excluded.last_ack_at),
          acked = greatest(held.acked, excluded.acked), gap_ms_p99 = coalesce(excluded.gap_ms_p99, held.gap_ms_p99)`)
    await announce(tx, { topic: 'telemetry', ids: [] })
  })
  return {}
}

function sampleRow(bucket: TrafficReport['buckets'][number]) {
  return {
    bucket_at: bucket.bucketAt,
    user_region: bucket.userRegion,
    cell_id: bucket.cellId,
    writes_acked: bucket.writesAcked,
    reads_ok: bucket.readsOk,
    reads_stale: bucket.readsStale,
    failed: bucket.failed,
    refused: bucket.refused,
    write_latency: bucket.writeLatency,
    read_latency: bucket.readLatency,
  }
}

function epochRow(epoch: TrafficReport['epochs'][number]) {
  return {
    scope: epoch.scope,
    epoch: epoch.epoch,
    region: epoch.region,
    first_ack_at: epoch.firstAckAt,
    last_ack_at: epoch.lastAckAt,
    acked: epoch.acked,
    gap_ms_p99: epoch.gapMsP99,
  }
}

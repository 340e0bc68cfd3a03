import { z } from 'zod'
import { CellId, Instant, RegionCode } from './common'

/** Sparse buckets of model/histogram.ts. */
export const HistogramSchema = z.strictObject({
  counts: z.record(z.string().regex(/^\d{1,4}$/), z.int().min(0)),
  maxMs: z.number().min(0),
})

const CELLS_MAX = 1_000
const Count = z.int().min(0)

/** What an application counted from one of its regions to one cell in one ten-second bucket: whole counts, not increments. */
export const TrafficBucket = z.strictObject({
  userRegion: RegionCode,
  cellId: CellId,
  bucketAt: Instant,
  writesAcked: Count,
  readsOk: Count,
  readsStale: Count,
  failed: Count,
  refused: z.record(z.string().max(40), Count),
  writeLatency: HistogramSchema,
  readLatency: HistogramSchema,
})
export type TrafficBucket = z.infer<typeof TrafficBucket>

/** First and last acknowledged write under one epoch, by the application's clock. `gapMsP99`: usual gap between two. */
export const TrafficEpoch = z.strictObject({
  scope: z.string().max(100),
  epoch: z.string().regex(/^\d+$/),
  region: RegionCode,
  firstAckAt: Instant,
  lastAckAt: Instant,
  acked: z.string().regex(/^\d+$/),
  gapMsP99: z.number().nullable(),
})
export type TrafficEpoch = z.infer<typeof TrafficEpoch>

/** Sending the same report twice changes nothing: values replace, they do not add up. */
export const TrafficReport = z.strictObject({
  buckets: z.array(TrafficBucket).max(CELLS_MAX),
  epochs: z.array(TrafficEpoch).max(CELLS_MAX),
})
export type TrafficReport = z.infer<typeof TrafficReport>

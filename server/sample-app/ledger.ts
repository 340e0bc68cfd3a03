import { emptyHistogram, type Histogram, quantileMs, recordLatency } from '@/model/histogram'
import { SAMPLE_BUCKET_MS } from '@/model/observations'
import type { RefusalCode } from '@/model/refusals'
import type { Route } from '@/model/schemas/estate'
import type { TrafficBucket, TrafficReport } from '@/model/schemas/traffic'

/**
 * What the application itself knows: which commands were acknowledged, refused or failed, and when. It is the witness
 * against which the console's own numbers are read.
 */
export type Ledger = {
  acknowledged(userRegion: string, route: Route, at: Date, latencyMs: number): void
  read(userRegion: string, cell: string, at: Date, latencyMs: number, stale: boolean): void
  refused(userRegion: string, cell: string, at: Date, code: RefusalCode): void
  failed(userRegion: string, cell: string, at: Date): void
  /** What was not delivered yet, the oldest first and whole, no more than fits into one report. */
  report(): TrafficReport
  /** A report that was made then has arrived: what was over by that time is not sent again. */
  delivered(report: TrafficReport, madeAt: Date): void
}

type EpochRecord = {
  scope: string
  epoch: string
  region: string
  firstAckAt: Date
  lastAckAt: Date
  acked: bigint
  gaps: Histogram
}

const EPOCHS_KEPT_MAX = 200
/** As many as a report may hold by its size. */
const BUCKETS_PER_REPORT_MAX = 80
/** While the console cannot be told: about half an hour of every region and cell. Beyond, the oldest are given up. */
const BUCKETS_KEPT_MAX = 6_000

export function createLedger(): Ledger {
  /** In the order of their time. */
  const buckets = new Map<string, TrafficBucket>()
  const epochs = new Map<string, EpochRecord>()

  function bucketOf(userRegion: string, cellId: string, at: Date): TrafficBucket {
    const bucketAt = new Date(Math.floor(at.getTime() / SAMPLE_BUCKET_MS) * SAMPLE_BUCKET_MS).toISOString()
    const key = keyOf({ userRegion, cellId, bucketAt })
    const known = buckets.get(key)
    if (known) return known
    const counts = { writesAcked: 0, readsOk: 0, readsStale: 0, failed: 0, refused: {} }
    const bucket = {
      userRegion,
      cellId,
      bucketAt,
      ...counts,
      writeLatency: emptyHistogram,
      readLatency: emptyHistogram,
    }
    if (buckets.size >= BUCKETS_KEPT_MAX) buckets.delete(buckets.keys().next().value!)
    buckets.set(key, bucket)
    return bucket
  }

  function recordEpoch({ scope, scopeEpoch, activeRegion }: Route, at: Date): void {
    const key = `${scope} ${scopeEpoch}`
    const record = epochs.get(key)
    if (!record) {
      if (epochs.size >= EPOCHS_KEPT_MAX) epochs.delete(epochs.keys().next().value!)
      epochs.set(key, {
        scope,
        epoch: scopeEpoch,
        region: activeRegion,
        firstAckAt: at,
        lastAckAt: at,
        acked: 1n,
        gaps: emptyHistogram,
      })
      return
    }
    if (at > record.lastAckAt) {
      record.gaps = recordLatency(record.gaps, at.getTime() - record.lastAckAt.getTime())
      record.lastAckAt = at
    }
    record.acked += 1n
  }

  return {
    acknowledged(userRegion, route, at, latencyMs) {
      const bucket = bucketOf(userRegion, route.cell, at)
      bucket.writesAcked += 1
      bucket.writeLatency = recordLatency(bucket.writeLatency, latencyMs)
      recordEpoch(route, at)
    },
    read(userRegion, cell, at, latencyMs, stale) {
      const bucket = bucketOf(userRegion, cell, at)
      if (stale) bucket.readsStale += 1
      else bucket.readsOk += 1
      bucket.readLatency = recordLatency(bucket.readLatency, latencyMs)
    },
    refused(userRegion, cell, at, code) {
      const bucket = bucketOf(userRegion, cell, at)
      bucket.refused[code] = (bucket.refused[code] ?? 0) + 1
    },
    failed(userRegion, cell, at) {
      bucketOf(userRegion, cell, at).failed += 1
    },
    report: () => ({
      buckets: [...buckets.values()].slice(0, BUCKETS_PER_REPORT_MAX),
      epochs: [...epochs.values()].map(toReport),
    }),
    delivered(report, madeAt) {
      const overSince = new Date(madeAt.getTime() - SAMPLE_BUCKET_MS).toISOString()
      for (const bucket of report.buckets) if (bucket.bucketAt < overSince) buckets.delete(keyOf(bucket))
    },
  }
}

function keyOf({ userRegion, cellId, bucketAt }: Pick<TrafficBucket, 'userRegion' | 'cellId' | 'bucketAt'>): string {
  return `${userRegion} ${cellId} ${bucketAt}`
}

function toReport({ gaps, firstAckAt, lastAckAt, acked, ...record }: EpochRecord): TrafficReport['epochs'][number] {
  return {
    ...record,
    firstAckAt: firstAckAt.toISOString(),
    lastAckAt: lastAckAt.toISOString(),
    acked: acked.toString(),
    gapMsP99: quantileMs(gaps, 0.99),
  }
}

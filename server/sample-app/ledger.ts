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
  /** Everything since the start of the previous bucket, whole; older buckets are dropped. */
  report(now: Date): TrafficReport
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

export function createLedger(): Ledger {
  const buckets = new Map<string, TrafficBucket>()
  const epochs = new Map<string, EpochRecord>()

  function bucketOf(userRegion: string, cellId: string, at: Date): TrafficBucket {
    const bucketAt = new Date(Math.floor(at.getTime() / SAMPLE_BUCKET_MS) * SAMPLE_BUCKET_MS).toISOString()
    const key = `${userRegion} ${cellId} ${bucketAt}`
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
    report(now) {
      const keepFrom = new Date(now.getTime() - 2 * SAMPLE_BUCKET_MS).toISOString()
      for (const [key, bucket] of buckets) if (bucket.bucketAt < keepFrom) buckets.delete(key)
      return { buckets: [...buckets.values()], epochs: [...epochs.values()].map(toReport) }
    },
  }
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

/**
 * A latency histogram that merges exactly: fixed log-linear buckets (16 to each doubling, so a value is known to 6.25 %),
 * counts add up, percentiles are read from the sum. Percentiles are never averaged. Sparse and JSON-safe.
 */
export type Histogram = { readonly counts: Readonly<Record<string, number>>; readonly maxMs: number }

export const emptyHistogram: Histogram = { counts: {}, maxMs: 0 }

const UNIT_MS = 0.01
const SUB_BUCKETS = 16

/** Bucket of a latency: linear below 16 units of 10 µs, then 16 steps to each power of two. */
function bucketOf(latencyMs: number): number {
  const units = Math.max(0, Math.floor(latencyMs / UNIT_MS))
  if (units < SUB_BUCKETS) return units
  const exponent = Math.floor(Math.log2(units)) - 4
  return SUB_BUCKETS * exponent + Math.floor(units / 2 ** exponent)
}

/** Highest latency, in ms, that falls into a bucket: percentiles err on the slow side, never on the fast one. */
function upperEdgeMs(bucket: number): number {
  if (bucket < SUB_BUCKETS) return (bucket + 1) * UNIT_MS
  const exponent = Math.floor(bucket / SUB_BUCKETS) - 1
  return (bucket - SUB_BUCKETS * exponent + 1) * 2 ** exponent * UNIT_MS
}

export function recordLatency(histogram: Histogram, latencyMs: number): Histogram {
  const bucket = String(bucketOf(latencyMs))
  return {
    counts: { ...histogram.counts, [bucket]: (histogram.counts[bucket] ?? 0) + 1 },
    maxMs: Math.max(histogram.maxMs, latencyMs),
  }
}

export function mergeHistograms(histograms: Iterable<Histogram>): Histogram {
  const counts: Record<string, number> = {}
  let maxMs = 0
  for (const histogram of histograms) {
    for (const [bucket, count] of Object.entries(histogram.counts)) counts[bucket] = (counts[bucket] ?? 0) + count
    maxMs = Math.max(maxMs, histogram.maxMs)
  }
  return { counts, maxMs }
}

export function countOf(histogram: Histogram): number {
  return Object.values(histogram.counts).reduce((sum, count) => sum + count, 0)
}

/** Latency in ms below which `quantile` (0 to 1) of the samples lie, or null when there are none. */
export function quantileMs(histogram: Histogram, quantile: number): number | null {
  const total = countOf(histogram)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(quantile * total))
  const buckets = Object.entries(histogram.counts)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b)
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen >= rank) return Math.min(upperEdgeMs(bucket), histogram.maxMs)
  }
  return histogram.maxMs
}

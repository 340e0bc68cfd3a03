import { emptyHistogram, recordLatency } from '@/model/histogram'
import { PROBE_INTERVAL_MS, type ProbeKind, SAMPLE_BUCKET_MS } from '@/model/observations'
import { type ProbeCount, type ProbeRecord, probeIntervalMs } from '@/server/domain/telemetry'

/** One thing to probe, from one vantage. */
export type ProbeTarget = {
  vantageRegion: string
  memberId: string
  kind: ProbeKind
}

/** Counts that could not be written yet are kept for so many buckets; then the oldest are dropped and become a gap. */
const BUCKETS_WAITING_MAX = 30

/**
 * The prober's memory: when each target is due, what is under way, the newest result of each target, and the counts of
 * each bucket. Bounded by the number of targets, not by time: a catalog that is away makes nothing grow.
 */
export class ProbeBoard {
  private readonly dueAtMs = new Map<string, number>()
  /** Targets whose newest probe was no success. */
  private readonly failing = new Set<string>()
  private readonly underWay = new Map<string, Promise<void>>()
  private readonly newest = new Map<string, ProbeRecord>()
  private readonly buckets = new Map<number, Map<string, ProbeCount>>()

  get underWayCount(): number {
    return this.underWay.size
  }

  /**
   * The targets whose time has come, at most `limit`, longest due first. A new target gets a random place in its interval,
   * so that probes spread out instead of disturbing each other's latency. One that is still under way is not due.
   */
  takeDue(targets: readonly ProbeTarget[], nowMs: number, limit: number): ProbeTarget[] {
    for (const target of targets)
      if (!this.dueAtMs.has(keyOf(target))) this.dueAtMs.set(keyOf(target), nowMs + Math.random() * FIRST_SPREAD_MS)
    const due = targets.filter((target) => !this.underWay.has(keyOf(target)) && this.dueAt(target) <= nowMs)
    due.sort((a, b) => this.dueAt(a) - this.dueAt(b))
    const taken = due.slice(0, Math.max(0, limit))
    for (const target of taken) {
      const intervalMs = probeIntervalMs[target.kind]
      const lateMs = nowMs - this.dueAt(target)
      // Keeps the phase when it is only a little late, and does not try to catch up when it is very late.
      this.dueAtMs.set(keyOf(target), lateMs > intervalMs ? nowMs + intervalMs : nowMs - lateMs + intervalMs)
    }
    return taken
  }

  /** What failed is looked at again as soon as anything is, however rarely it is looked at while all is well. */
  private dueAt(target: ProbeTarget): number {
    const key = keyOf(target)
    const earlierMs = this.failing.has(key) ? probeIntervalMs[target.kind] - PROBE_INTERVAL_MS : 0
    return (this.dueAtMs.get(key) ?? 0) - earlierMs
  }

  /** Remembers that a probe is under way until `work` settles. `work` never rejects. */
  start(target: ProbeTarget, work: Promise<void>): void {
    const key = keyOf(target)
    this.underWay.set(key, work)
    work.finally(() => this.underWay.delete(key))
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values())
  }

  record(result: ProbeRecord): void {
    this.newest.set(keyOf(result), result)
    if (result.outcome === 'ok') this.failing.delete(keyOf(result))
    else this.failing.add(keyOf(result))
    if (result.outcome === 'unasked') return // no probe was made: its place in the samples stays a gap
    const atMs = Math.floor(result.observedAt.getTime() / SAMPLE_BUCKET_MS) * SAMPLE_BUCKET_MS
    const bucket = this.buckets.get(atMs) ?? new Map<string, ProbeCount>()
    this.buckets.set(atMs, bucket)
    bucket.set(keyOf(result), countResult(bucket.get(keyOf(result)), result, new Date(atMs)))
    while (this.buckets.size > BUCKETS_WAITING_MAX) this.buckets.delete(Math.min(...this.buckets.keys()))
  }

  /** Newest results since the last call. */
  takeNewest(): ProbeRecord[] {
    const taken = [...this.newest.values()]
    this.newest.clear()
    return taken
  }

  /** Gives back what could not be written, unless something newer has come since. */
  giveBack(results: readonly ProbeRecord[]): void {
    for (const result of results) if (!this.newest.has(keyOf(result))) this.newest.set(keyOf(result), result)
  }

  /** Counts of the buckets that ended before `nowMs`; of all buckets, ended or not, when the prober stops. */
  takeBuckets(nowMs: number, which: 'ended' | 'all' = 'ended'): ProbeCount[] {
    const taken = [...this.buckets.keys()].filter((atMs) => which === 'all' || atMs + SAMPLE_BUCKET_MS <= nowMs)
    return taken.flatMap((atMs) => {
      const counts = [...(this.buckets.get(atMs)?.values() ?? [])]
      this.buckets.delete(atMs)
      return counts
    })
  }
}

const FIRST_SPREAD_MS = 1_500

function keyOf({ vantageRegion, memberId, kind }: ProbeTarget): string {
  return `${vantageRegion}>${memberId}/${kind}`
}

/** Only an ok has a latency worth a percentile: a refusal is quick because nothing was done. */
function countResult(count: ProbeCount | undefined, result: ProbeRecord, bucketAt: Date): ProbeCount {
  const { vantageRegion, memberId, kind, outcome, latencyMs } = result
  const before = count ?? {
    ...{ bucketAt, vantageRegion, memberId, kind },
    ...{ okCount: 0, refusedCount: 0, failedCount: 0 },
    histogram: emptyHistogram,
  }
  if (outcome === 'refused') return { ...before, refusedCount: before.refusedCount + 1 }
  if (outcome !== 'ok' || latencyMs === null) return { ...before, failedCount: before.failedCount + 1 }
  return { ...before, okCount: before.okCount + 1, histogram: recordLatency(before.histogram, latencyMs) }
}

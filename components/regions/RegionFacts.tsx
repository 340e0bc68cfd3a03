'use client'
import { formatCount, formatMs } from '@/model/format'
import type { RegionView } from '@/model/schemas/estate'
import { useFreshness } from '../shell/clock'
import { TimeStamp } from '../shell/TimeStamp'
import { Facts } from '../ui/Facts'
import { Notice } from '../ui/Notice'

/** What is known of the region. When it is not heard any more, the facts stand under a dated divider. */
export function RegionFacts({ region }: { region: RegionView }) {
  const freshness = useFreshness(region.seen)
  const isHeard = freshness === 'fresh' || freshness === 'stale'
  const isReached = region.vantages.some(({ outcome }) => outcome === 'ok' || outcome === 'refused')
  const latency = (ms: number | null) => (ms === null || !isHeard || !isReached ? 'unknown' : formatMs(ms))
  return (
    <div className="grid gap-3">
      {!isHeard && (
        <Notice status="unknown">
          Last heard {region.seen.observedAt ? <TimeStamp at={region.seen.observedAt} /> : 'never'}. Below is what was
          known then.
        </Notice>
      )}
      <Facts
        facts={[
          ['Place', `${region.city}, ${region.country}`],
          ['Jurisdiction', region.jurisdiction],
          ['Status since', region.since ? <TimeStamp key="since" at={region.since} /> : 'unknown'],
          ['Writes for', region.primaryOf.join(', ') || 'no cell'],
          ['Stands by for', region.standbyOf.join(', ') || 'no cell'],
          ['Tenants homed', formatCount(region.tenantsHomed)],
          ['Read p50 / p99', `${latency(region.readLatency.p50Ms)} / ${latency(region.readLatency.p99Ms)}`],
          ['Write p50 / p99', `${latency(region.writeLatency.p50Ms)} / ${latency(region.writeLatency.p99Ms)}`],
          ['Epoch changes, 24 h', formatCount(region.epochChanges24h)],
        ]}
      />
    </div>
  )
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LiveFeed } from '@/server/domain/live'

type Outcome = 'ok' | 'error' | 'unauthorized' | 'forbidden' | 'invalid'
type Meters = {
  registry: Registry
  calls: Counter<'procedure' | 'outcome'>
  seconds: Histogram<'procedure'>
  followers: Gauge
  listening: Gauge
  refusedRequests: Counter<'reason'>
}

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

// Once a process and not once a bundled route: a scrape must see what every route counted.
const slot = globalThis as unknown as { homeportMeters?: Meters }

export function meters(): Meters {
  slot.homeportMeters ??= create()
  return slot.homeportMeters
}

/** Starts the clock of one call; the function it returns stops it under the outcome. */
export function countCall(procedure: string): (outcome: Outcome) => void {
  const { calls, seconds } = meters()
  const stop = seconds.startTimer({ procedure })
  return (outcome) => {
    stop()
    calls.inc({ procedure, outcome })
  }
}

/** Everything this process counted, as Prometheus reads it. */
export async function exposition(live: LiveFeed): Promise<{ text: string; contentType: string }> {
  const { registry, followers, listening } = meters()
  const stats = live.stats()
  followers.set(stats.followers)
  listening.set(stats.listening ? 1 : 0)
  return { text: await registry.metrics(), contentType: registry.contentType }
}

function create(): Meters {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    calls: new Counter({
      name: 'homeport_api_calls_total',
      help: 'Calls of API procedures by outcome.',
      labelNames: ['procedure', 'outcome'],
      registers: [registry],
    }),
    seconds: new Histogram({
      name: 'homeport_api_call_seconds',
      help: 'Time that an API procedure took, in seconds; of a stream, until it was open.',
      labelNames: ['procedure'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    }),
    followers: new Gauge({
      name: 'homeport_live_followers',
      help: 'Open live streams of this process.',
      registers: [registry],
    }),
    listening: new Gauge({
      name: 'homeport_live_listening',
      help: '1 while the LISTEN connection to the catalog is up.',
      registers: [registry],
    }),
    refusedRequests: new Counter({
      name: 'homeport_refused_requests_total',
      help: 'Requests refused before any procedure: foreign origin, too large, too many in a batch.',
      labelNames: ['reason'],
      registers: [registry],
    }),
  }
}

import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@/server/clock'
import type { Db } from '@/server/db'
import type { Endpoints } from '@/server/domain/estate'
import { MEMBER_INTERVAL_MS, PROCESS_INTERVAL_MS } from '@/server/domain/telemetry'
import type { EngineAdapter } from '@/server/engines/contract'
import { log } from '@/server/log'
import { ANNOUNCE_INTERVAL_MS, announceNews } from './announce-news'
import { beat } from './beat'
import { collectLag, LAG_TICK_MS } from './collect-lag'
import { collectMembers } from './collect-members'
import { collectProbes, PROBE_TICK_MS } from './collect-probes'
import type { CollectorContext } from './context'
import { FLUSH_INTERVAL_MS, flushProbes } from './flush-probes'
import { HeldVantages } from './held-vantages'
import { holdVantages } from './hold-vantages'
import { ProbeBoard } from './probe-board'
import { type Collector, runCollector } from './run-collector'

const HOLD_INTERVAL_MS = 3_000
const CATALOG_DEADLINE_MS = 5_000
const LISTENERS_MAX = 500
const STOP_FLUSH_MS_MAX = 3_000

const collectors: readonly Collector[] = [
  { name: 'hold-vantages', intervalMs: HOLD_INTERVAL_MS, deadlineMs: CATALOG_DEADLINE_MS, activate: holdVantages },
  { name: 'probes', intervalMs: PROBE_TICK_MS, deadlineMs: CATALOG_DEADLINE_MS, activate: collectProbes },
  {
    name: 'flush-probes',
    intervalMs: FLUSH_INTERVAL_MS,
    deadlineMs: CATALOG_DEADLINE_MS,
    activate: (context) => flushProbes(context),
  },
  { name: 'members', intervalMs: MEMBER_INTERVAL_MS, deadlineMs: CATALOG_DEADLINE_MS, activate: collectMembers },
  { name: 'lag', intervalMs: LAG_TICK_MS, deadlineMs: CATALOG_DEADLINE_MS, activate: collectLag },
  { name: 'beat', intervalMs: PROCESS_INTERVAL_MS, deadlineMs: CATALOG_DEADLINE_MS, activate: beat },
  { name: 'announce', intervalMs: ANNOUNCE_INTERVAL_MS, deadlineMs: CATALOG_DEADLINE_MS, activate: announceNews },
]

export type CollectorOptions = {
  db: Db
  engines: { for(kind: string): EngineAdapter }
  clock: Clock
  endpoints: Endpoints
  /** The region of this worker: members are observed from here. */
  homeRegion: string
  workerName: string
  build: string
  /** Regions to probe from; by default every region of the estate, as where relays stand in for the distance. */
  vantages?: readonly string[]
  signal: AbortSignal
}

/** Collects until the signal; `done` resolves once the last results are written and the leases are given back. */
export function startCollectors(options: CollectorOptions): { done: Promise<void> } {
  const context = createCollectorContext(options)
  const running = Promise.all(collectors.map((collector) => runCollector(collector, context)))
  return { done: running.then(() => finish(context)) }
}

export function createCollectorContext(options: CollectorOptions): CollectorContext {
  const { db, engines, clock, endpoints, vantages, homeRegion, workerName, build, signal } = options
  // Every probe under way listens to the one signal; their number has its own limit.
  setMaxListeners(LISTENERS_MAX, signal)
  return {
    ...{ db, engines, clock, endpoints, signal },
    homeVantage: homeRegion,
    vantages: vantages ?? null,
    held: new HeldVantages(db, clock, workerName),
    board: new ProbeBoard(),
    targets: null,
    looks: { underWay: new Set(), finished: [] },
    reports: new Map(),
    lagSampledAt: new Map(),
    process: { id: workerName, build, kind: 'worker', regionCode: homeRegion, startedAt: clock.now() },
    health: new Map(),
    news: { isWaiting: false, hasTurned: false },
  }
}

async function finish(context: CollectorContext): Promise<void> {
  const writing = flushProbes(context, 'all').then(() => context.held.release())
  const waiting = new AbortController()
  try {
    await Promise.race([writing, wait(STOP_FLUSH_MS_MAX, undefined, { signal: waiting.signal })])
  } catch (error) {
    log.warn({ error }, 'The last probe results could not be written.')
  } finally {
    waiting.abort()
  }
}

/**
 * The worker: leases operations, observes the estate, numbers the audit trail and runs recurring jobs. Any number may run;
 * leases in the catalog keep them out of each other's way.
 */

import { randomBytes } from 'node:crypto'
import os from 'node:os'
import { joinSignals } from '@/model/join-signals'
import { systemClock } from '@/server/clock'
import { startCollectors } from '@/server/collectors'
import { createDb, createLiveFeed, type Db, type LiveFeed } from '@/server/db'
import { watchTwoWriters, watchWriters } from '@/server/domain/alerts'
import { runSequencer } from '@/server/domain/audit'
import { runSchedules } from '@/server/domain/drills'
import { createEndpoints, type Endpoints } from '@/server/domain/estate'
import { retainNews } from '@/server/domain/notifications'
import {
  bringDrillsBack,
  expireRequests,
  sweepClones,
  voidDriftedRequests,
  watchAgents,
  workflows,
} from '@/server/domain/operations'
import { proveReadiness } from '@/server/domain/readiness'
import { attendReturns } from '@/server/domain/stale-servers'
import { retainSamples } from '@/server/domain/telemetry'
import { startLeaseRenewer } from '@/server/domain/write-leases'
import type { HostAgent } from '@/server/engines/contract'
import { createEngines } from '@/server/engines/registry'
import { env } from '@/server/env'
import { type Job, runJobs } from '@/server/jobs/run-jobs'
import { log } from '@/server/log'
import { signalPlan, startOperationWorker } from '@/server/workflows'
import { connectFencingAgents } from './worker/fencing-agents'
import { connectHostAgent } from './worker/host-agent'
import { sendNews } from './worker/send-news'

const STOP_TIMEOUT_MS = 9_000
const name = `worker-${os.hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`

async function main(signal: AbortSignal): Promise<void> {
  const { DATABASE_URL, HOMEPORT_SERVED_FROM: homeRegion, HOMEPORT_DATA_DIR, HOMEPORT_BUILD: build } = env()
  const db = createDb(DATABASE_URL)
  const endpoints = createEndpoints(db, systemClock)
  const operations = startOperations({
    databaseUrl: DATABASE_URL,
    dataDir: HOMEPORT_DATA_DIR,
    homeRegion,
    endpoints,
    signal,
  })
  const engines = createEngines()
  const collectors = startCollectors({
    db,
    engines,
    clock: systemClock,
    endpoints,
    homeRegion,
    workerName: name,
    build,
    signal,
  })
  const hostAgent = HOMEPORT_DATA_DIR ? connectHostAgent(HOMEPORT_DATA_DIR) : null
  const jobs = await runJobs(DATABASE_URL, [
    ...jobsOf(db, homeRegion),
    ...drillJobsOf(db, { homeRegion, hostAgent, signal }),
  ])
  log.info({ worker: name }, 'worker is running')
  const leases = renewLeases({ databaseUrl: DATABASE_URL, homeRegion, signal })
  await Promise.all([
    operations,
    leases,
    sendNews(env(), signal),
    collectors.done,
    proveReadiness({
      db,
      engine: engines.for('postgres'),
      endpointOf: (memberId) => endpoints.endpoint(memberId, homeRegion),
      vantageRegion: homeRegion,
      workerName: name,
      signal,
    }),
    bringDrillsBack(db, { homeRegion, signal }),
    runSequencer(db, { holder: name, signal }),
  ])
  await jobs.stop()
  await engines.close()
  await db.$disconnect()
}

type OperationsWiring = {
  databaseUrl: string
  dataDir: string | undefined
  homeRegion: string
  endpoints: Endpoints
  signal: AbortSignal
}

type LeaseWiring = { databaseUrl: string; homeRegion: string; signal: AbortSignal }

/** Connections of their own, to the catalog and to the cells: a lease is renewed and a gate is closed however busy the probes are. */
async function startOperations({
  databaseUrl,
  dataDir,
  homeRegion,
  endpoints,
  signal,
}: OperationsWiring): Promise<void> {
  const db = createDb(databaseUrl)
  const feed = createLiveFeed(databaseUrl)
  const engines = createEngines()
  const fencingAgent = connectFencingAgents(db, dataDir)
  const asking = watchAgents(db, fencingAgent, { vantageRegion: homeRegion, signal })
  const endpointOf = (memberId: string) => endpoints.endpoint(memberId, homeRegion)
  const watched = { db, engine: engines.for('postgres'), endpointOf, homeRegion, workerName: name, signal }
  const watching = Promise.all([attendReturns(watched), watchTwoWriters(watched), watchWriters(watched), asking])
  await startOperationWorker({
    db,
    workflows,
    deps: {
      db,
      engine: engines.for('postgres'),
      hostAgent: dataDir ? connectHostAgent(dataDir) : null,
      fencingAgent,
      endpointOf,
      vantageRegion: homeRegion,
    },
    workerName: name,
    homeRegion,
    signal,
    subscribe: (wake) => wakeOnOperations(feed, wake, signal),
    // For crash tests: "step:place" kills this process there. Unset everywhere else, and then it costs nothing.
    faults: signalPlan(process.env.CRASH_AT, 'SIGKILL'),
  }).done
  await watching
  await feed.stop()
  await engines.close()
  await db.$disconnect()
}

/** Everything of its own, addresses included: a writer stops when its lease is not renewed in time. */
async function renewLeases({ databaseUrl, homeRegion, signal }: LeaseWiring): Promise<void> {
  const db = createDb(databaseUrl)
  const engines = createEngines()
  const { endpoint } = createEndpoints(db, systemClock)
  const endpointOf = (memberId: string) => endpoint(memberId, homeRegion)
  await startLeaseRenewer({ db, engines, clock: systemClock, endpointOf, workerName: name, signal }).done
  await engines.close()
  await db.$disconnect()
}

function wakeOnOperations(feed: LiveFeed, wake: () => void, signal: AbortSignal): () => void {
  const stopped = new AbortController()
  const follow = async () => {
    const ending = joinSignals(signal, stopped.signal)
    for await (const _ of feed.follow({ lastEventId: null, topics: ['operations', 'resync'] }, ending.signal)) wake()
  }
  // Polling goes on regardless: a feed that ends costs half a second, nothing else.
  follow().catch((error: unknown) => log.warn({ err: error }, 'Announcements are not followed any more.'))
  return () => stopped.abort()
}

function jobsOf(db: Db, homeRegion: string): Job[] {
  return [
    {
      name: 'expire-requests',
      cron: '* * * * *',
      timeoutSeconds: 30,
      run: async () => ({ says: `Expired ${(await expireRequests(db, homeRegion)).expiredCount} requests.` }),
    },
    {
      name: 'void-drifted-requests',
      cron: '* * * * *',
      timeoutSeconds: 50,
      run: async () => ({ says: `Voided ${(await voidDriftedRequests(db, homeRegion)).voidedCount} requests.` }),
    },
    {
      name: 'retain-samples',
      cron: '* * * * *',
      timeoutSeconds: 60,
      run: async () => {
        const { deletedCount, isComplete } = await retainSamples(db, systemClock.now())
        return { says: `Deleted ${deletedCount} old samples${isComplete ? '' : '; there are more'}.` }
      },
    },
    {
      name: 'retain-news',
      cron: '17 * * * *',
      timeoutSeconds: 60,
      run: async () => {
        const { deletedCount, isComplete } = await retainNews(db)
        return { says: `Deleted ${deletedCount} old notifications${isComplete ? '' : '; there are more'}.` }
      },
    },
  ]
}

type DrillWiring = { homeRegion: string; hostAgent: HostAgent | null; signal: AbortSignal }

function drillJobsOf(db: Db, { homeRegion, hostAgent, signal }: DrillWiring): Job[] {
  return [
    {
      name: 'run-drill-schedules',
      cron: '* * * * *',
      timeoutSeconds: 50,
      run: async () => {
        const { startedCount, toldCount } = await runSchedules(db, homeRegion)
        return { says: `Started ${startedCount} drills on clones, told of ${toldCount} that people must ask for.` }
      },
    },
    {
      name: 'sweep-clones',
      cron: '* * * * *',
      timeoutSeconds: 180,
      run: async () => {
        const { sweptCount, failedCount } = await sweepClones(db, hostAgent, signal)
        return { says: `Swept ${sweptCount} clones; ${failedCount} could not be discarded.` }
      },
    },
  ]
}

const ending = new AbortController()
function end(): void {
  ending.abort()
  // What does not end by itself in time is taken over by another worker, as if this one had been killed.
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
process.on('disconnect', end)
await main(ending.signal)
process.exit(0)

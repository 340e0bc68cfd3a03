import { connectHostAgent } from '@/server/bin/worker/host-agent'
import { createDb } from '@/server/db'
import { switchoverWorkflow } from '@/server/domain/operations'
import { createEngines } from '@/server/engines/registry'
import { startOperationWorker } from '@/server/workflows'
import { signalPlan } from '@/server/workflows/faults'
import { readWorkerSettings } from './spawn-worker'

/** A worker in a process of its own, wired as server/bin/worker.ts is, to be killed, frozen and woken by signals. */
const settings = readWorkerSettings()
const POLL_MS = 50
const POOL_SIZE = 5

const db = createDb(settings.catalogUrl, { poolSize: POOL_SIZE })
const engines = createEngines()
const end = new AbortController()
process.once('SIGTERM', () => end.abort())

await db.$queryRaw`SELECT 1`
const { done } = startOperationWorker({
  db,
  workflows: [switchoverWorkflow],
  deps: {
    db,
    engine: engines.for('postgres'),
    hostAgent: connectHostAgent(settings.dataDir),
    fencingAgent: null,
    endpointOf: (member) => settings.endpoints[member]!,
    vantageRegion: settings.vantageRegion,
  },
  workerName: settings.workerName,
  homeRegion: settings.vantageRegion,
  leaseTtlMs: settings.leaseTtlMs,
  pollMs: settings.pollMs ?? POLL_MS,
  signal: end.signal,
  faults: signalPlan(settings.crashAt, 'SIGKILL') ?? signalPlan(settings.freezeAt, 'SIGSTOP'),
})
process.stdout.write('working\n')
await done
await engines.close()
await db.$disconnect()

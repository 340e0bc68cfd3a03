import { connectFleetFencingAgent } from '@/server/bin/worker/fleet-fencing-agent'
import { connectHostAgent } from '@/server/bin/worker/host-agent'
import { createDb } from '@/server/db'
import { workflows } from '@/server/domain/operations'
import { createEngines } from '@/server/engines/registry'
import { StepRefused, startOperationWorker } from '@/server/workflows'
import { signalPlan } from '@/server/workflows/faults'
import { shiftClock } from './shift-clock'
import { readWorkerSettings } from './spawn-worker'

/** A worker in a process of its own, wired as server/bin/worker.ts is, to be killed, frozen and woken by signals. */
const settings = readWorkerSettings()
shiftClock(settings.clockShiftMs ?? 0)
const POLL_MS = 50
const POOL_SIZE = 5

const db = createDb(settings.catalogUrl, { poolSize: POOL_SIZE })
const engines = createEngines()
const end = new AbortController()
process.once('SIGTERM', () => end.abort())

const fate = signalPlan(settings.crashAt, 'SIGKILL') ?? signalPlan(settings.freezeAt, 'SIGSTOP')

await db.$queryRaw`SELECT 1`
const { done } = startOperationWorker({
  db,
  workflows,
  deps: {
    db,
    engine: engines.for('postgres'),
    hostAgent: connectHostAgent(settings.dataDir),
    fencingAgent: settings.hasFencingAgent ? connectFleetFencingAgent(settings.dataDir) : null,
    endpointOf: (member) => settings.endpoints[member]!,
    vantageRegion: settings.vantageRegion,
  },
  workerName: settings.workerName,
  homeRegion: settings.vantageRegion,
  leaseTtlMs: settings.leaseTtlMs,
  pollMs: settings.pollMs ?? POLL_MS,
  signal: end.signal,
  faults: async (point) => {
    await fate?.(point)
    if (point.step === settings.refuseAt && point.place === 'before') throw new StepRefused('Sent back by the test.')
  },
})
process.stdout.write('working\n')
await done
await engines.close()
await db.$disconnect()

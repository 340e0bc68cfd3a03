import { createDb } from '@/server/db'
import { signalPlan } from '../faults'
import { startOperationWorker } from '../worker'
import { testRegion } from './enqueue-ledger'
import { openLedger } from './ledger'
import { ledgerWorkflow } from './ledger-workflow'
import { readWorkerSettings } from './spawn-worker'

/** A worker in a process of its own, to be killed, frozen and woken by signals. SIGTERM stops it in order. */
const { catalogUrl, ledgerUrl, workerName, leaseTtlMs, crashAt, freezeAt, operationId } = readWorkerSettings()
const POLL_MS = 50
const POOL_SIZE = 4

const db = createDb(catalogUrl, { poolSize: POOL_SIZE })
const ledger = openLedger(ledgerUrl)
const end = new AbortController()
process.once('SIGTERM', () => end.abort())

await db.$queryRaw`SELECT 1`
const { done } = startOperationWorker({
  db,
  workflows: [ledgerWorkflow],
  deps: { ledger },
  workerName,
  homeRegion: testRegion,
  leaseTtlMs,
  pollMs: POLL_MS,
  ...(operationId && { operationId }),
  signal: end.signal,
  faults: signalPlan(crashAt, 'SIGKILL') ?? signalPlan(freezeAt, 'SIGSTOP'),
})
process.stdout.write('working\n')
await done
await ledger.close()
await db.$disconnect()

import { afterAll, beforeAll, expect, test } from 'vitest'
import { historyViolations, restViolations } from './history'
import { findOperation } from './operation-record'
import { enqueueLedger } from './testing/enqueue-ledger'
import { ledgerViolations } from './testing/ledger-workflow'
import { spawnWorker, type WorkerProcess, type WorkerSettings } from './testing/spawn-worker'
import { type Stage, startStage } from './testing/stage'
import { waitForOperation, waitForStatus } from './testing/wait-for'

const LEASE_TTL_MS = 1_000

let stage: Stage
const processes: WorkerProcess[] = []
beforeAll(async () => {
  stage = await startStage()
})
afterAll(async () => {
  await Promise.all(processes.map((worker) => worker.end()))
  await stage?.stop()
})

async function spawn(workerName: string, fate: Pick<WorkerSettings, 'crashAt' | 'freezeAt'>): Promise<WorkerProcess> {
  const settings = { catalogUrl: stage.catalog.url, ledgerUrl: stage.ledger.url, workerName, leaseTtlMs: LEASE_TTL_MS }
  const worker = await spawnWorker({ ...settings, ...fate })
  processes.push(worker)
  return worker
}

async function everyViolation(operationId: string): Promise<string[]> {
  const { catalog, ledger } = stage
  const operation = (await findOperation(catalog.db, operationId))!
  const told = [...restViolations(operation), ...(await historyViolations(catalog.db, operation))]
  return [...told, ...(await ledgerViolations(catalog.db, ledger, operation))]
}

// A sample of the places; the chaos suite workflow-kill visits all of them.
test.each([
  ['append:effect', false],
  ['decide:recorded', false],
  ['reserve:halfway', true],
  ['append:undo-effect', true],
])('a process killed at %s leaves work that another process finishes whole', async (crashAt, goesBack) => {
  const { db } = stage.catalog
  const victim = await spawn(`victim-of-${crashAt}`, { crashAt })
  const operationId = await enqueueLedger(db, { goesBack })
  expect(await victim.gone).toBe('SIGKILL')
  const heir = stage.work({ operationId })
  await waitForStatus(db, operationId, goesBack ? 'undone' : 'done')
  await heir.stop()
  expect(await everyViolation(operationId)).toEqual([])
})

test('a frozen worker that wakes after its successor finds every door shut', async () => {
  const { db } = stage.catalog
  const zombie = await spawn('zombie', { freezeAt: 'append:before' })
  const operationId = await enqueueLedger(db)
  await waitForOperation(db, operationId, ({ leaseEpoch }) => leaseEpoch === 1n)
  const heir = stage.work({ operationId })
  expect((await waitForStatus(db, operationId, 'done')).leaseEpoch, 'the heir’s').toBeGreaterThan(1n)
  const events = () => db.globalAuditEvent.count({ where: { aggregateId: operationId } })
  const eventsBefore = await events()
  zombie.signal('SIGCONT')
  await expect.poll(() => stage.ledger.refusals(operationId), { timeout: 20_000 }).toBeGreaterThanOrEqual(1)
  zombie.signal('SIGTERM')
  expect(await zombie.gone, 'it leaves in order').toBeNull()
  await heir.stop()
  expect(await events(), 'it records nothing').toBe(eventsBefore)
  expect(await everyViolation(operationId)).toEqual([])
})

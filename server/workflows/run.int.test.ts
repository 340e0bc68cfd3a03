import { afterAll, beforeAll, expect, test } from 'vitest'
import { transact } from '@/server/db'
import { ABORT_GRACE_MS } from './call-step'
import { requestAbort, requestRetry } from './controls'
import { type ReadBack, type Step, StepFailed, StepRefused } from './define'
import { WorkerCrashed } from './faults'
import { historyViolations, restViolations } from './history'
import { LeaseLost } from './journal'
import { findOperation, type OperationRecord, stepOf } from './operation-record'
import { enqueueLedger, testPerson, testRegion } from './testing/enqueue-ledger'
import { type LedgerDeps, type LedgerParams, ledgerViolations, ledgerWorkflow } from './testing/ledger-workflow'
import { ledgerWorkflowWith, type Stage, startStage } from './testing/stage'
import { untilAborted } from './testing/until-aborted'
import { waitForOperation, waitForStatus } from './testing/wait-for'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.stop())

const asked = { actor: testPerson, homeRegion: testRegion, reason: 'Tested.' }

async function everyViolation(operation: OperationRecord): Promise<string[]> {
  const { catalog, ledger } = stage
  const atRest = (await findOperation(catalog.db, operation.id))!
  const told = [...restViolations(atRest), ...(await historyViolations(catalog.db, atRest))]
  return [...told, ...(await ledgerViolations(catalog.db, ledger, atRest))]
}

test('an operation runs its steps in order, passes the return once, and keeps the last output as its report', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const worker = stage.work({ operationId })
  const operation = await waitForStatus(db, operationId, 'done')
  await worker.stop()
  expect(await everyViolation(operation)).toEqual([])
  const row = await db.operation.findUniqueOrThrow({ where: { id: operationId } })
  expect(row.report).toEqual({ tookMs: expect.any(Number) })
  expect(row.pointOfNoReturnAt).toEqual(stepOf(operation, 'decide').finishedAt)
  expect(operation.steps.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1])
  const actions = await db.globalAuditEvent.findMany({
    where: { aggregateId: operationId },
    orderBy: { auditEventId: 'asc' },
  })
  expect(actions.map(({ actionType }) => actionType).slice(0, 3)).toEqual([
    'operation.enqueued',
    'operation.leased',
    'operation.started',
  ])
  expect(actions.filter(({ actionType }) => actionType === 'operation.step-done')).toHaveLength(6)
  expect(new Set(actions.map(({ correlationId }) => correlationId))).toEqual(new Set([operationId]))
})

test('a commit that refuses leaves no record of success, and what `do` had done is undone', async () => {
  const { db } = stage.catalog
  const workflow = ledgerWorkflowWith('append', {
    commit: async () => {
      throw new StepRefused('The catalog says no.')
    },
  })
  const operationId = await enqueueLedger(db)
  const worker = stage.work({ operationId, workflows: [workflow] })
  const operation = await waitForStatus(db, operationId, 'undone')
  await worker.stop()
  expect(operation.statusReason).toBe('Append once: The catalog says no.')
  expect(stepOf(operation, 'append').status).toBe('undone')
  expect(await everyViolation(operation)).toEqual([])
})

test('a failure after an attempt in doubt does not pass for "nothing happened": the step is undone', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const worker = stage.work({
    operationId,
    faults: async ({ step, place, attempt }) => {
      if (step !== 'reserve') return
      if (place === 'effect' && attempt === 1) throw new Error('The answer was lost.')
      if (place === 'before' && attempt > 1) throw new StepFailed('No connection.')
    },
  })
  const operation = await waitForStatus(db, operationId, 'undone')
  await worker.stop()
  expect(await stage.ledger.counts(operationId)).toEqual([
    { part: 'first-half', done: 1, undone: 1 },
    { part: 'second-half', done: 1, undone: 1 },
  ])
  expect(await everyViolation(operation)).toEqual([])
})

test(
  'a call that outlives deadline and grace is left behind, and its late effect meets a higher lease epoch',
  async () => {
    const { db } = stage.catalog
    const workflow = ledgerWorkflowWith('append', { timeoutMs: 200 })
    const operationId = await enqueueLedger(db)
    let late: Promise<void> | undefined
    const worker = stage.work({
      operationId,
      workflows: [workflow],
      faults: ({ step, place, attempt }) => {
        if (step !== 'append' || place !== 'before' || attempt > 1) return Promise.resolve()
        late = waitForOperation(db, operationId, ({ leaseEpoch }) => leaseEpoch > 1n)
          .then(() => waitForStatus(db, operationId, 'done'))
          .then(() => {})
        return late // ignores its signal, as a stuck driver would
      },
    })
    const operation = await waitForStatus(db, operationId, 'done')
    await late
    await worker.stop()
    await expect.poll(() => stage.ledger.refusals(operationId)).toBe(1)
    expect(operation.leaseEpoch).toBe(2n)
    expect(await everyViolation(operation)).toEqual([])
  },
  30_000 + ABORT_GRACE_MS,
)

test('a decision that nobody can read back waits for a person and goes neither way by itself', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  let isBroken = true
  const { commit: _, ...decide } = ledgerWorkflow.steps.find((step) => step.name === 'decide')!
  const outside: Step<LedgerParams, LedgerDeps> = {
    ...decide,
    do: async ({ params }) => {
      await db.$executeRaw`
        UPDATE region_write_epoch SET epoch = 2, operation_id = ${operationId}::uuid WHERE logical_scope = ${params.scope}`
      throw new Error('The answer was lost.')
    },
    readBack: async (): Promise<ReadBack> =>
      isBroken ? { found: 'unknown', says: 'Nobody answers.' } : { found: 'done', says: 'Found it decided.' },
  }
  const steps = ledgerWorkflow.steps.map((step) => (step.name === 'decide' ? outside : step))
  const worker = stage.work({ operationId, workflows: [{ ...ledgerWorkflow, steps }] })
  const waiting = await waitForStatus(db, operationId, 'needs-human')
  expect(waiting.statusReason).toBe('Decide: The outcome is not known and could not be read back. Nobody answers.')
  expect(stepOf(waiting, 'reserve').status, 'it did not go back on a guess').toBe('done')
  isBroken = false
  await transact(db, (tx) => requestRetry(tx, { ...asked, operationId }))
  const operation = await waitForStatus(db, operationId, 'done')
  await worker.stop()
  expect(await everyViolation(operation)).toEqual([])
})

test('a decision that is taken in the journal’s own transaction is never in doubt: what is not recorded was not decided', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (step === 'decide' && place === 'effect') throw new Error('The answer was lost.')
    },
  })
  const operation = await waitForStatus(db, operationId, 'undone')
  await worker.stop()
  expect(await everyViolation(operation)).toEqual([])
})

test('a worker that is told to stop lets the running step end, records it and gives the lease back', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const first = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (step === 'reserve' && place === 'halfway') void first.stop()
    },
  })
  await first.done
  const between = (await findOperation(db, operationId))!
  expect(between).toMatchObject({ status: 'running', leaseHolder: null })
  expect(between.steps.map(({ status }) => status).slice(0, 3)).toEqual(['done', 'done', 'pending'])
  const second = stage.work({ operationId })
  const operation = await waitForStatus(db, operationId, 'done')
  await second.stop()
  expect(stepOf(operation, 'reserve').attempts).toBe(1)
  expect(await everyViolation(operation)).toEqual([])
})

test('a step that will not end in time is aborted by the shutdown and left as unknown, for the next worker to read back', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const first = stage.work({
    operationId,
    drainMs: 50,
    faults: async ({ step, place, signal }) => {
      if (step !== 'append' || place !== 'effect') return
      void first.stop()
      throw await untilAborted(signal)
    },
  })
  await first.done
  const between = (await findOperation(db, operationId))!
  expect(between.leaseHolder).toBeNull()
  expect(stepOf(between, 'append').status).toBe('unknown')
  const second = stage.work({ operationId })
  const operation = await waitForStatus(db, operationId, 'done')
  await second.stop()
  expect(stepOf(operation, 'append').says).toBe('Found the line.')
  expect(await everyViolation(operation)).toEqual([])
})

test('a dead worker’s operation is taken over when its lease has run out, and not before', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const leaseTtlMs = 400
  const first = stage.work({
    operationId,
    leaseTtlMs,
    faults: async ({ step, place }) => {
      if (step === 'append' && place === 'effect') throw new WorkerCrashed()
    },
  })
  await first.done
  const { leaseUntil } = await db.operation.findUniqueOrThrow({ where: { id: operationId } })
  const second = stage.work({ operationId })
  const operation = await waitForStatus(db, operationId, 'done')
  await second.stop()
  const taken = await db.globalAuditEvent.findFirstOrThrow({
    where: { aggregateId: operationId, actionType: 'operation.leased' },
    orderBy: { auditEventId: 'desc' },
  })
  expect(taken.recordedAt.getTime()).toBeGreaterThanOrEqual(leaseUntil!.getTime())
  expect(taken.metadata).toMatchObject({ leaseEpoch: '2', takenOverFrom: expect.stringContaining('worker-') })
  expect(await everyViolation(operation)).toEqual([])
})

test('a step learns by its signal that the lease is lost, and its catalog transaction is refused', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  let reason: unknown
  let refusal: unknown
  const workflow = ledgerWorkflowWith('reserve', {
    do: async (run) => {
      if (run.leaseEpoch > 1n) return { says: 'Reserved nothing.', output: { parts: 0 } }
      await db.$executeRaw`UPDATE operation SET lease_epoch = lease_epoch + 1, lease_holder = 'thief' WHERE id = ${operationId}::uuid`
      refusal = await run.transact(async () => 'let in').catch((error: unknown) => error)
      reason = await untilAborted(run.signal)
      return { says: 'Too late.' }
    },
  })
  const first = stage.work({ operationId, workflows: [workflow], leaseTtlMs: 3_000 })
  await expect.poll(() => reason, { timeout: 20_000 }).toBeInstanceOf(LeaseLost)
  expect(refusal).toBeInstanceOf(LeaseLost)
  const operation = await waitForStatus(db, operationId, 'done')
  await first.stop()
  expect(stepOf(operation, 'reserve').says).toBe('Reserved nothing.')
})

test('many workers share many operations, and none is leased twice', async () => {
  const { db } = stage.catalog
  const ids = await Promise.all(Array.from({ length: 12 }, () => enqueueLedger(db)))
  const workers = [stage.work(), stage.work(), stage.work()]
  for (const id of ids) await waitForStatus(db, id, 'done')
  for (const worker of workers) await worker.stop()
  for (const id of ids) {
    const operation = (await findOperation(db, id))!
    expect(operation.leaseEpoch, operation.code).toBe(1n)
    expect(await everyViolation(operation)).toEqual([])
  }
})

test('an operation waits for a worker that knows its version, and is never run by another', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const newer = stage.work({ workflows: [{ ...ledgerWorkflow, version: 2 }] })
  const other = await enqueueLedger(db, { workflow: { ...ledgerWorkflow, version: 2 } })
  await waitForStatus(db, other, 'done')
  expect(await findOperation(db, operationId)).toMatchObject({ status: 'queued', leaseEpoch: 0n })
  const both = stage.work({ workflows: [ledgerWorkflow, { ...ledgerWorkflow, version: 2 }] })
  await waitForStatus(db, operationId, 'done')
  await newer.stop()
  await both.stop()
})

test('an operation that was aborted and lost its worker in a step goes back without a trace', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const first = stage.work({
    operationId,
    leaseTtlMs: 200,
    faults: async ({ step, place }) => {
      if (step !== 'look' || place !== 'halfway') return
      await transact(db, (tx) => requestAbort(tx, { ...asked, operationId }))
      throw new WorkerCrashed()
    },
  })
  await first.done
  const second = stage.work({ operationId })
  const operation = await waitForStatus(db, operationId, 'undone')
  await second.stop()
  expect(stepOf(operation, 'look').status).toBe('unknown')
  expect(await everyViolation(operation)).toEqual([])
})

test('a worker that cannot reach the catalog stops by its own clock, before its lease can be another’s', async () => {
  const { db, server } = stage.catalog
  const operationId = await enqueueLedger(db)
  let lostAfterMs: number | undefined
  const leaseTtlMs = 1_000
  const worker = stage.work({
    operationId,
    leaseTtlMs,
    faults: async ({ step, place, signal }) => {
      if (step !== 'reserve' || place !== 'before' || lostAfterMs) return
      await server.freeze() // no error and no answer: every call to the catalog hangs
      const startedMs = performance.now()
      await untilAborted(signal)
      lostAfterMs = performance.now() - startedMs
      await server.thaw()
    },
  })
  const operation = await waitForStatus(db, operationId, 'done')
  await worker.stop()
  expect(lostAfterMs).toBeLessThan(leaseTtlMs + 500)
  expect(await everyViolation(operation)).toEqual([])
})

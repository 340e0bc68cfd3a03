import { afterAll, beforeAll, expect, test } from 'vitest'
import { transact } from '@/server/db'
import { type ControlOrder, requestRetry } from './controls'
import { StepFailed, StepRefused } from './define'
import type { FaultPlan } from './faults'
import { historyViolations, restViolations } from './history'
import { acquireLease, servedAs } from './lease'
import { findOperation, type OperationRecord, stepOf } from './operation-record'
import { enqueueLedger, testPerson, testRegion } from './testing/enqueue-ledger'
import { ledgerViolations, ledgerWorkflow } from './testing/ledger-workflow'
import { type Stage, startStage } from './testing/stage'
import { waitForOperation, waitForStatus } from './testing/wait-for'

const HOUR_MS = 3_600_000

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.stop())

const retry = (operationId: string) => {
  const order: ControlOrder = { operationId, actor: testPerson, homeRegion: testRegion, reason: 'Server is back.' }
  return transact(stage.catalog.db, (tx) => requestRetry(tx, order))
}

async function everyViolation({ id }: OperationRecord): Promise<string[]> {
  const { catalog, ledger } = stage
  const atRest = (await findOperation(catalog.db, id))!
  const told = [...restViolations(atRest), ...(await historyViolations(catalog.db, atRest))]
  return [...told, ...(await ledgerViolations(catalog.db, ledger, atRest))]
}

const isAway = 'The far side does not answer.'
/** The undo of `reserve` cannot reach the far side until told otherwise. */
function farSide() {
  const side = { isAway: true }
  const faults: FaultPlan = async ({ step, place }) => {
    if (side.isAway && step === 'reserve' && place === 'undo-before') throw new StepFailed(isAway)
  }
  return { side, faults }
}

test('an undo that reaches nobody goes on trying by itself, without the lease, until it does', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db, { goesBack: true })
  const { side, faults } = farSide()
  const worker = stage.work({ operationId, faults, undoEveryMs: { min: 100, max: 400 } })
  const waiting = await waitForOperation(
    db,
    operationId,
    (operation) => operation.nextTryAt !== null && stepOf(operation, 'reserve').attempts >= 6,
  )
  expect(waiting).toMatchObject({ status: 'undoing', leaseHolder: null })
  expect(waiting.statusReason, 'why it goes back stays readable').toBe('Decide: This operation is meant to go back.')
  expect(stepOf(waiting, 'reserve')).toMatchObject({ status: 'undoing', error: isAway })
  side.isAway = false
  const operation = await waitForStatus(db, operationId, 'undone', 'needs-human')
  await worker.stop()
  expect(operation.nextTryAt).toBeNull()
  expect(await everyViolation(operation)).toEqual([])
})

test('between two slow tries no worker may take it, unless a person asks for one now', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db, { goesBack: true })
  const { side, faults } = farSide()
  const worker = stage.work({ operationId, faults, undoEveryMs: { min: HOUR_MS, max: HOUR_MS } })
  const waiting = await waitForOperation(db, operationId, ({ nextTryAt }) => nextTryAt !== null)
  expect(waiting.nextTryAt!.getTime() - Date.now()).toBeGreaterThan(HOUR_MS / 2)
  const served = [servedAs(ledgerWorkflow)]
  const order = { holder: 'eager', ttlMs: 1_000, homeRegion: testRegion, served, operationId }
  expect(await acquireLease(db, order)).toBeNull()
  side.isAway = false
  await retry(operationId)
  const operation = await waitForStatus(db, operationId, 'undone', 'needs-human')
  await worker.stop()
  expect(stepOf(operation, 'reserve').attempts, 'the count goes on').toBeGreaterThan(
    stepOf(waiting, 'reserve').attempts,
  )
  expect(await everyViolation(operation)).toEqual([])
})

test('an undo that is being tried cannot be asked for once more', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db, { goesBack: true })
  let refusal: unknown
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (step !== 'reserve' || place !== 'undo-before') return
      refusal = await retry(operationId).catch((error: unknown) => error)
    },
  })
  await waitForStatus(db, operationId, 'undone')
  await worker.stop()
  expect(refusal).toMatchObject({ code: 'precondition-failed', says: 'An attempt is being made right now.' })
})

test('an undo that refuses waits for a person: trying again by itself would change nothing', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db, { goesBack: true })
  let mayUndo = false
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (!mayUndo && step === 'reserve' && place === 'undo-before') throw new StepRefused('Somebody else holds it.')
    },
  })
  const waiting = await waitForStatus(db, operationId, 'needs-human')
  expect(waiting.statusReason).toBe('Undo of "Reserve in two parts": Somebody else holds it.')
  expect(stepOf(waiting, 'reserve').attempts).toBe(1)
  mayUndo = true
  await retry(operationId)
  const operation = await waitForStatus(db, operationId, 'undone')
  await worker.stop()
  expect(await everyViolation(operation)).toEqual([])
})

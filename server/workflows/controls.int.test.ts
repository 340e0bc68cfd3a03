import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DomainError } from '@/model/errors'
import { operationStates, stepStates } from '@/model/states'
import { transact } from '@/server/db'
import { requestAbort, requestPause, requestResume, requestRetry } from './controls'
import { StepFailed } from './define'
import { findOperation } from './operation-record'
import { enqueueLedger, testPerson, testRegion } from './testing/enqueue-ledger'
import { type Stage, startStage } from './testing/stage'
import { waitForStatus } from './testing/wait-for'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.stop())

type Control = typeof requestAbort
const ask = (control: Control, operationId: string) =>
  transact(stage.catalog.db, (tx) =>
    control(tx, { operationId, actor: testPerson, homeRegion: testRegion, reason: 'Tested.' }),
  )
const refusalOf = (control: Control, operationId: string): Promise<DomainError> =>
  ask(control, operationId).then(
    () => expect.unreachable('It was let through.'),
    (error: DomainError) => error,
  )

test('an operation that nobody started is aborted at once, and every step shows that it never ran', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  await ask(requestAbort, operationId)
  const operation = (await findOperation(db, operationId))!
  expect(operation).toMatchObject({ status: 'undone', statusReason: 'A person asked to abort: Tested.' })
  expect(new Set(operation.steps.map(({ status }) => status))).toEqual(new Set(['skipped']))
})

test('an abort is refused while the decision is being taken, and for good once it is', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const refusals: DomainError[] = []
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if ((step === 'decide' || step === 'publish') && place === 'before')
        refusals.push(await refusalOf(requestAbort, operationId))
    },
  })
  await waitForStatus(db, operationId, 'done')
  await worker.stop()
  expect(refusals.map(({ code, says }) => [code, says])).toEqual([
    ['precondition-failed', 'The point of no return is being passed: wait for the outcome of this step.'],
    ['precondition-failed', 'The point of no return has passed: plan a switchover back instead.'],
  ])
})

test('a pause takes effect between two steps, and a paused operation can be aborted', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (step === 'reserve' && place === 'halfway') await ask(requestPause, operationId)
    },
  })
  const paused = await waitForStatus(db, operationId, 'paused')
  expect(paused.steps.map(({ status }) => status).slice(0, 3)).toEqual(['done', 'done', 'pending'])
  expect(paused).toMatchObject({
    leaseHolder: null,
    pauseRequestedAt: null,
    statusReason: 'A person asked for a pause: Tested.',
  })
  await ask(requestAbort, operationId)
  const operation = await waitForStatus(db, operationId, 'undone')
  await worker.stop()
  expect(operation.steps[1]!.status).toBe('undone')
})

test('what fails for good past the return waits for a person, says why, and goes on when asked', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  let isBroken = true
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (isBroken && step === 'publish' && place === 'before') throw new StepFailed('The far side is away.')
    },
  })
  const waiting = await waitForStatus(db, operationId, 'needs-human')
  expect(waiting.statusReason).toBe('Publish once: The far side is away.')
  expect(waiting.steps[4]).toMatchObject({ status: 'failed', attempts: 3 })
  expect((await refusalOf(requestAbort, operationId)).code).toBe('precondition-failed')
  isBroken = false
  await ask(requestRetry, operationId)
  expect(await waitForStatus(db, operationId, 'done')).toMatchObject({ statusReason: null })
  await worker.stop()
})

test.each([
  ['pause', requestPause],
  ['resume', requestResume],
  ['retry', requestRetry],
])('%s is refused with a sentence where it has no meaning', async (_, control) => {
  const operationId = await enqueueLedger(stage.catalog.db)
  const refusal = await refusalOf(control, operationId)
  expect(refusal).toMatchObject({ code: 'precondition-failed' })
  expect(refusal.says).toMatch(/^Possible while the operation is .+; it is queued\.$/)
})

test('asking twice for the same thing asks once', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (step !== 'reserve' || place !== 'before') return
      await ask(requestAbort, operationId)
      await ask(requestAbort, operationId)
    },
  })
  await waitForStatus(db, operationId, 'undone')
  await worker.stop()
  expect((await findOperation(db, operationId))!.statusReason).toBe('A person asked to abort: Tested.')
  const events = await db.globalAuditEvent.count({
    where: { aggregateId: operationId, actionType: 'operation.abort-requested' },
  })
  expect(events).toBe(1)
})

test('a scope has one operation at a time', async () => {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  const { scope } = (await findOperation(db, operationId))!
  const refusal: DomainError = await enqueueLedger(db, { scope }).then(
    () => expect.unreachable('It was queued.'),
    (error: DomainError) => error,
  )
  expect(refusal).toMatchObject({ code: 'conflict', details: { rule: 'one-operation-per-scope' } })
})

test.each([
  ['ck_operation_status', operationStates],
  ['ck_step_status', stepStates],
])('the database knows the same states as the model: %s', async (name, states) => {
  const [row] = await stage.catalog.db.$queryRaw<{ definition: string }[]>`
    SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = ${name}`
  const listed = [...row!.definition.matchAll(/'([^']+)'/g)].map(([, state]) => state)
  expect(listed.sort()).toEqual([...states].sort())
})

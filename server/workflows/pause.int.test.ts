import { afterAll, beforeAll, expect, test } from 'vitest'
import { transact } from '@/server/db'
import { requestAbort, requestPause, requestResume } from './controls'
import { StepRefused } from './define'
import { historyViolations, restViolations } from './history'
import { findOperation, stepOf } from './operation-record'
import { enqueueLedger, testPerson, testRegion } from './testing/enqueue-ledger'
import { ledgerViolations } from './testing/ledger-workflow'
import { type Stage, startStage } from './testing/stage'
import { waitForStatus } from './testing/wait-for'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.stop())

const ask = (control: typeof requestPause, operationId: string) =>
  transact(stage.catalog.db, (tx) =>
    control(tx, { operationId, actor: testPerson, homeRegion: testRegion, reason: 'Lunch.' }),
  )

async function everyViolation(operationId: string): Promise<string[]> {
  const { catalog, ledger } = stage
  const atRest = (await findOperation(catalog.db, operationId))!
  const told = [...restViolations(atRest), ...(await historyViolations(catalog.db, atRest))]
  return [...told, ...(await ledgerViolations(catalog.db, ledger, atRest))]
}

/** Pauses once, after the step named, and looks at the world as told each time the first step runs. */
async function pausedAfter(pauseAt: string, look: (time: number) => void = () => {}) {
  const { db } = stage.catalog
  const operationId = await enqueueLedger(db)
  let looks = 0
  let isAsked = false
  const worker = stage.work({
    operationId,
    faults: async ({ step, place }) => {
      if (step === 'look' && place === 'before') look(++looks)
      if (isAsked || step !== pauseAt || place !== 'before') return
      isAsked = true
      await ask(requestPause, operationId)
    },
  })
  await waitForStatus(db, operationId, 'paused')
  return { operationId, stop: () => worker.stop(), looks: () => looks }
}

test('what was checked before a pause is checked again after it, as long as nothing was touched', async () => {
  const { db } = stage.catalog
  const run = await pausedAfter('look')
  const paused = stepOf((await findOperation(db, run.operationId))!, 'look')
  expect(paused).toMatchObject({ status: 'pending', attempts: 0, says: null, startedAt: null, finishedAt: null })
  await ask(requestResume, run.operationId)
  await waitForStatus(db, run.operationId, 'done')
  await run.stop()
  expect(run.looks()).toBe(2)
  expect(await everyViolation(run.operationId)).toEqual([])
})

test('a world that changed during the pause ends the operation before anything is touched', async () => {
  const { db } = stage.catalog
  const run = await pausedAfter('look', (time) => {
    if (time > 1) throw new StepRefused('The world has changed.')
  })
  await ask(requestResume, run.operationId)
  const operation = await waitForStatus(db, run.operationId, 'undone', 'done')
  await run.stop()
  expect(operation).toMatchObject({ status: 'undone', statusReason: 'Look around: The world has changed.' })
  expect(await stage.ledger.counts(run.operationId)).toEqual([])
  expect(await everyViolation(run.operationId)).toEqual([])
})

test.each(['reserve', 'decide'])('after %s has taken effect, a pause repeats nothing', async (pauseAt) => {
  const { db } = stage.catalog
  const run = await pausedAfter(pauseAt)
  await ask(requestResume, run.operationId)
  await waitForStatus(db, run.operationId, 'done')
  await run.stop()
  expect(run.looks()).toBe(1)
  expect(await everyViolation(run.operationId)).toEqual([])
})

test('an operation paused before anything was touched is aborted without a trace', async () => {
  const { db } = stage.catalog
  const run = await pausedAfter('look')
  await ask(requestAbort, run.operationId)
  await waitForStatus(db, run.operationId, 'undone')
  await run.stop()
  expect(await everyViolation(run.operationId)).toEqual([])
})

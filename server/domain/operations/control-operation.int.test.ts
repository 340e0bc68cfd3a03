import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DomainError } from '@/model/errors'
import { STEP_UP_MAX_AGE_MS } from '@/model/step-up'
import { enqueueLedger } from '@/server/workflows/testing/enqueue-ledger'
import { abortOperation, pauseOperation, resumeOperation, retryOperation } from './index'
import { type CalmCatalog, startCalmCatalog } from './testing-catalog'

let calm: CalmCatalog
beforeAll(async () => {
  calm = await startCalmCatalog()
})
afterAll(() => calm?.stop())

const reason = 'Something looks odd.'
const ago = (ms: number) => new Date(Date.now() - ms)
const refusalOf = (work: Promise<unknown>): Promise<DomainError> =>
  work.then(
    () => expect.unreachable('It was let through.'),
    (error: DomainError) => error,
  )
const controls = [
  ['pause', pauseOperation],
  ['resume', resumeOperation],
  ['abort', abortOperation],
  ['retry', retryOperation],
] as const
const stale = [
  ['no', null],
  ['an old', ago(STEP_UP_MAX_AGE_MS + 1_000)],
  ['a future', ago(-3_600_000)],
] as const

test.each(controls.flatMap(([name, control]) => stale.map(([kind, at]) => [name, kind, control, at] as const)))(
  '%s with %s proof of the second factor asks for a new one and changes nothing',
  async (_name, _kind, control, steppedUpAt) => {
    const id = await enqueueLedger(calm.db)
    const ctx = calm.ctxOf(calm.people.operator, { steppedUpAt })
    expect(await refusalOf(control(ctx, { id, reason }))).toMatchObject({ code: 'step-up-required' })
    const row = await calm.db.operation.findUniqueOrThrow({ where: { id } })
    expect(row).toMatchObject({ status: 'queued', abortRequestedAt: null, pauseRequestedAt: null })
  },
)

test('an operator who proved it just now aborts, and the reason stays with the operation', async () => {
  const id = await enqueueLedger(calm.db)
  await abortOperation(calm.ctxOf(calm.people.operator, { steppedUpAt: ago(STEP_UP_MAX_AGE_MS - 10_000) }), {
    id,
    reason,
  })
  const row = await calm.db.operation.findUniqueOrThrow({ where: { id } })
  expect(row).toMatchObject({ status: 'undone', statusReason: `A person asked to abort: ${reason}` })
})

test('an approver controls nothing, however fresh the proof', async () => {
  const id = await enqueueLedger(calm.db)
  expect(await refusalOf(abortOperation(calm.ctxOf(calm.people.approver), { id, reason }))).toMatchObject({
    code: 'forbidden',
  })
})

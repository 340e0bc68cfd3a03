import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DomainError } from '@/model/errors'
import { enqueueLedger } from '@/server/workflows/testing/enqueue-ledger'
import { acknowledgeOperation } from './index'
import { type CalmCatalog, startCalmCatalog } from './testing-catalog'

let calm: CalmCatalog
beforeAll(async () => {
  calm = await startCalmCatalog()
})
afterAll(() => calm?.stop())

const note = 'Looked at with the team; the old primary is being read out.'
const refusalOf = (work: Promise<unknown>): Promise<DomainError> =>
  work.then(
    () => expect.unreachable('It was let through.'),
    (error: DomainError) => error,
  )

/** As the journal leaves a failover; `acknowledge` reads nothing else of it. */
async function failover(change: { kind?: string; status?: string } = {}): Promise<string> {
  const id = await enqueueLedger(calm.db)
  const { kind = 'forced-failover', status = 'done' } = change
  await calm.db.operation.update({ where: { id }, data: { kind, status, finishedAt: new Date() } })
  return id
}

const readRow = (id: string) => calm.db.operation.findUniqueOrThrow({ where: { id } })

test('whoever takes note of a failover is named with the note, in the row and in the trail', async () => {
  const id = await failover()
  await acknowledgeOperation(calm.ctxOf(calm.people.approver), { id, note })
  expect(await readRow(id)).toMatchObject({ acknowledgement: note, acknowledgedBy: calm.people.approver.id })
  const event = await calm.db.globalAuditEvent.findFirstOrThrow({
    where: { aggregateId: id, actionType: 'operation.acknowledged' },
  })
  expect(event.body).toContain(note)
})

test('one person does it, and whoever comes second is told so', async () => {
  const id = await failover()
  const asked = await Promise.allSettled(
    [calm.people.operator, calm.people.approver].map((person) =>
      acknowledgeOperation(calm.ctxOf(person), { id, note }),
    ),
  )
  expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await refusalOf(acknowledgeOperation(calm.ctxOf(calm.people.operator), { id, note }))).toMatchObject({
    code: 'conflict',
    says: 'Somebody has acknowledged it already.',
  })
})

test.each([
  ['one that still runs', { status: 'running' }, /once the failover is done/],
  ['one that went back', { status: 'undone' }, /once the failover is done/],
  ['a switchover', { kind: 'planned-switchover' }, /Only a forced failover/],
])('%s is not acknowledged', async (_what, change, says) => {
  const id = await failover(change)
  expect(await refusalOf(acknowledgeOperation(calm.ctxOf(calm.people.operator), { id, note }))).toMatchObject({
    code: 'conflict',
    says: expect.stringMatching(says),
  })
  expect((await readRow(id)).acknowledgedAt).toBeNull()
})

test('a viewer takes note of nothing', async () => {
  const id = await failover()
  expect(await refusalOf(acknowledgeOperation(calm.ctxOf(calm.people.viewer), { id, note }))).toMatchObject({
    code: 'forbidden',
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plansOfEachKind } from '@/model/schemas/testing-plans'
import { getOperation } from './operation-queries'
import { type CalmCatalog, startCalmCatalog } from './testing-catalog'

let calm: CalmCatalog
beforeAll(async () => {
  calm = await startCalmCatalog()
})
afterAll(() => calm?.stop())

test('a failover that went back without opening the old primary is told so, until something else takes the scope', async () => {
  const { db, people, scope } = calm
  const base = { kind: 'forced-failover', scope }
  const plan = await db.operationPlan.create({
    data: {
      ...{ ...base, hash: 'f'.repeat(64), body: plansOfEachKind['forced-failover'] },
      ...{ createdBy: people.operator.id, expiresAt: new Date() },
    },
  })
  const { id } = await db.operation.create({
    data: {
      ...{ ...base, code: 'OP-1', workflowVersion: 1, planId: plan.id, startedBy: people.operator.id },
      ...{ status: 'undone', finishedAt: new Date() },
    },
  })
  const leftClosed = async (row: { status: string; operationId: string }) => {
    await db.regionWriteEpoch.update({ where: { logicalScope: scope }, data: { ...row, epoch: 9n } })
    return (await getOperation(calm.ctxOf(people.viewer), { id })).leftClosedAtEpoch
  }
  expect(await leftClosed({ status: 'FENCED', operationId: id })).toBe('9')
  expect(await leftClosed({ status: 'WRITABLE', operationId: id })).toBeNull()
  expect(await leftClosed({ status: 'FENCED', operationId: randomUUID() })).toBeNull()
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '@/model/canonical-json'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'
import { bringBackOnce } from './bring-back'
import { BACK_WITHIN_MS } from './limits'
import { previewSwitchoverDrill } from './preview-switchover-drill'

let calm: CalmCatalog
beforeAll(async () => {
  calm = await startCalmCatalog()
})
afterAll(() => calm?.stop())

test('a drill that cannot be judged keeps no other from coming back, or from being told of', async () => {
  const { plan } = await previewSwitchoverDrill(calm.ctxOf(calm.people.operator), { cellId: 'sin' })
  const tooLateMs = Date.now() - BACK_WITHIN_MS
  await wentThere({ leg: 'there', cell: 'sin' }, new Date(tooLateMs - 120_000))
  const readable = await wentThere({ ...plan!, leg: 'there' }, new Date(tooLateMs - 60_000))
  expect(await bringBackOnce(calm.db, 'eu-west-1')).toEqual({ startedCount: 0 })
  const news = await calm.db.notification.findMany({ where: { topic: 'operation.needs-human' } })
  expect(news.map(({ objectId }) => objectId)).toEqual([readable])
})

/** A run that ended then, with this plan as it was stored. */
async function wentThere(body: { [key: string]: Json }, finishedAt: Date): Promise<string> {
  const { db, people } = calm
  const base = { kind: 'drill-switchover', scope: 'cell:sin' }
  const { id: planId } = await db.operationPlan.create({
    data: { ...base, hash: randomUUID(), body, createdBy: people.operator.id, expiresAt: finishedAt },
  })
  const { id } = await db.operation.create({
    data: {
      ...base,
      ...{ code: `OP-${randomUUID()}`, workflowVersion: 1, planId, startedBy: people.operator.id },
      ...{ status: 'done', startedAt: finishedAt, finishedAt },
    },
  })
  return id
}

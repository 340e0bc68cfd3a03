import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { appendAudit, transact } from '@/server/db'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { listAudit } from './list-audit'

let catalog: TestCatalog
let ctx: Ctx
const personId = randomUUID()
beforeAll(async () => {
  catalog = await startCatalog()
  const principal = {
    kind: 'person',
    personId,
    name: 'Test',
    roles: ['admin'],
    sessionId: 's',
    steppedUpAt: null,
  } as const
  ctx = { db: catalog.db, clock: systemClock, principal, requestId: 'test', servedFrom: 'eu-west-1' }
  await transact(catalog.db, (tx) =>
    appendAudit(tx, {
      actor: { kind: 'person', personId, name: 'Test', sessionId: 's' },
      action: 'estate.applied',
      aggregateType: 'estate',
      aggregateId: randomUUID(),
      homeRegion: 'eu-west-1',
      occurredAt: new Date(),
      detail: {},
    }),
  )
})
afterAll(() => catalog?.stop())

test.each([
  ['the id of who acted', personId, 1],
  ['that id in capitals', personId.toUpperCase(), 1],
  ['another id', randomUUID(), 0],
  ['a kind of actor', 'person', 1],
  ['what only looks like an id', '-'.repeat(36), 0],
  ['an id with its dashes elsewhere', `0${randomUUID().replace('-', '')}-`.slice(0, 36), 0],
])('filtered by %s, the trail holds what that actor did', async (_, actor, count) => {
  expect((await listAudit(ctx, { actor, limit: 50 })).rows).toHaveLength(count)
})

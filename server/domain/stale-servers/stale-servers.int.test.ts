import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { FenceStrength } from '@/model/states'
import { catalogNow } from '@/server/db'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { noteStandby } from './note-standby'
import { findFence, findStaleServer, whyNotBringBack } from './read-stale-server'

/** Records of servers that were left behind, against a real catalog. */
let catalog: TestCatalog
beforeAll(async () => {
  catalog = await startCatalog()
})
afterAll(() => catalog?.stop())
afterEach(() => {
  vi.useRealTimers()
})

test('of several receipts the strongest says how it was fenced, and what was switched off may be switched on', async () => {
  const row = await leftBehind('away')
  await fencedBy(row, 'LEASE_EXPIRED', new Date(Date.now() - 2_000))
  expect(await whyNotBringBack(catalog.db, row.id)).toContain('was not switched off by the console')
  await fencedBy(row, 'POWERED_OFF', new Date(Date.now() - 1_000))
  await fencedBy(row, 'DECLARED', new Date())
  expect(await findFence(catalog.db, row)).toMatchObject({ strength: 'POWERED_OFF' })
  expect(await whyNotBringBack(catalog.db, row.id)).toBeNull()
})

test.each([
  ['extracted', 'rebuilt'],
  ['away', 'lost'],
] as const)(
  'one that was %s and is a standby is noted as %s by the catalog’s clock, however the worker’s stands',
  async (before, after) => {
    const row = await leftBehind(before)
    const from = await catalogNow(catalog.db)
    vi.useFakeTimers({ toFake: ['Date'], now: from.getTime() - 86_400_000 })
    await noteStandby(
      { db: catalog.db, homeRegion: 'eu-west-1' },
      { ...row, status: before, failoverId: row.operationId },
      { receiver: { status: 'streaming', upstreamPort: null, lastMessageAgeMs: 0 } },
    )
    vi.useRealTimers()
    const { status, rebuiltAt } = await findStaleServer(catalog.db, row.id)
    expect(status).toBe(after)
    expect(rebuiltAt!.getTime()).toBeGreaterThanOrEqual(from.getTime())
    const event = await catalog.db.globalAuditEvent.findFirstOrThrow({ where: { aggregateId: row.id } })
    expect(event.occurredAt).toEqual(rebuiltAt)
  },
)

async function leftBehind(status: string) {
  const { db } = catalog
  const memberId = `fra-${randomUUID()}`
  const base = { kind: 'forced-failover', scope: 'cell:fra' }
  const personId = randomUUID()
  const plan = await db.operationPlan.create({
    data: { ...base, hash: randomUUID(), body: {}, createdBy: personId, expiresAt: new Date() },
  })
  const operation = await db.operation.create({
    data: {
      ...{ ...base, code: `OP-${memberId}`, workflowVersion: 1, planId: plan.id, startedBy: personId },
      ...{ status: 'done', finishedAt: new Date() },
    },
  })
  return db.staleServer.create({
    data: {
      ...{ operationId: operation.id, scope: 'cell:fra', cellId: 'fra', memberId, newPrimary: 'fra-2' },
      ...{ epoch: 1n, fencedEpoch: 2n, status, leftAt: new Date() },
    },
  })
}

async function fencedBy(
  { operationId, memberId }: { operationId: string; memberId: string },
  strength: FenceStrength,
  takenAt: Date,
): Promise<void> {
  await catalog.db.fenceReceipt.create({
    data: {
      ...{ operationId, memberId, strength, takenAt, scope: 'cell:fra', epoch: 2n },
      ...{ vantageRegion: 'eu-west-1', evidence: {} },
    },
  })
}

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import { getOverview } from './get-overview'
import { getRegion } from './get-region'
import { listFindings } from './list-findings'

/** What a forced failover leaves is told by every view of the cell, until the server is rebuilt and somebody took note. */
let catalog: TestCatalog
let ctx: Ctx
const staleId = randomUUID()
const failoverId = randomUUID()
beforeAll(async () => {
  catalog = await startCatalog()
  const servers = ['eu-central-1', 'eu-west-1'].map((region, index) => ({
    ...{ name: `fra-${index + 1}`, region },
    ...{ host: '127.0.0.1', port: index + 1 },
  }))
  await declareCell(catalog.db, { scope: 'cell:fra' }, servers)
  await failOver()
  ctx = {
    db: catalog.db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: {
      kind: 'person',
      personId: randomUUID(),
      name: 'V',
      roles: ['viewer'],
      sessionId: 's',
      steppedUpAt: null,
    },
  }
})
afterAll(() => catalog?.stop())

test('its page is named where the server stands, and the failover where its note is waited for', async () => {
  await observe()
  const { cells, regions } = await getOverview(ctx)
  expect(cells[0]).toMatchObject({ activeMember: 'fra-2', failoverToNote: { id: failoverId, code: 'OP-1' } })
  expect(cells[0]?.says).toBe(
    'fra-2 takes writes at epoch 2. There is no second copy until fra-1, a stale server of epoch 1, is rebuilt. OP-1 must be acknowledged.',
  )
  expect(cells[0]?.status).toBe('warn')
  expect(cells[0]?.members.map(({ id, staleServerId }) => [id, staleServerId])).toEqual([
    ['fra-1', staleId],
    ['fra-2', null],
  ])
  expect(regions.find(({ code }) => code === 'eu-central-1')).toMatchObject({ standbyOf: [], primaryOf: [] })
  expect((await getRegion(ctx, { region: 'eu-central-1' })).cells[0]?.members[0]?.staleServerId).toBe(staleId)
  const { findings } = await listFindings(ctx)
  expect(findings.find(({ member }) => member === 'fra-1')).toMatchObject({ isActive: false, staleServerId: staleId })
})

test('that answers again is stale since the failover left it', async () => {
  await catalog.db.$executeRaw`
    INSERT INTO member_observation (member_id, state, role, timeline, gate_status, gate_epoch, gate_region, unprotected, vantage_region, observed_at)
    VALUES ('fra-1', 'reachable', 'primary', 1, 'FENCED', 2, 'eu-central-1', '{}', 'eu-west-1', clock_timestamp())`
  const { findings } = await listFindings(ctx)
  const { leftAt } = await catalog.db.staleServer.findUniqueOrThrow({ where: { id: staleId } })
  expect(findings.find(({ member }) => member === 'fra-1')?.finding).toMatchObject({
    name: 'StaleEpochServer',
    since: leftAt.toISOString(),
  })
})

test('once it is rebuilt and taken note of, nothing of it is left', async () => {
  await catalog.db.staleServer.update({ where: { id: staleId }, data: { status: 'rebuilt', rebuiltAt: new Date() } })
  await catalog.db.operation.update({ where: { id: failoverId }, data: { acknowledgedAt: new Date() } })
  const { cells } = await getOverview(ctx)
  expect(cells[0]).toMatchObject({ failoverToNote: null })
  expect(cells[0]?.members.map(({ staleServerId }) => staleServerId)).toEqual([null, null])
})

/** As the catalog stands after OP-1 fenced fra-1 and promoted fra-2. */
async function failOver(): Promise<void> {
  const { db } = catalog
  await db.regionWriteEpoch.update({
    where: { logicalScope: 'cell:fra' },
    data: { activeMember: 'fra-2', activeRegion: 'eu-west-1', epoch: 2n },
  })
  const personId = randomUUID()
  const plan = await db.operationPlan.create({
    data: {
      ...{ kind: 'forced-failover', scope: 'cell:fra', hash: 'f'.repeat(64), body: {} },
      ...{ createdBy: personId, expiresAt: new Date() },
    },
  })
  await db.operation.create({
    data: {
      ...{ id: failoverId, code: 'OP-1', kind: 'forced-failover', workflowVersion: 1, scope: 'cell:fra' },
      ...{ planId: plan.id, startedBy: personId, status: 'done', finishedAt: new Date() },
    },
  })
  await db.staleServer.create({
    data: {
      ...{ id: staleId, operationId: failoverId, scope: 'cell:fra', cellId: 'fra', memberId: 'fra-1' },
      ...{ epoch: 1n, fencedEpoch: 2n, newPrimary: 'fra-2', status: 'away', leftAt: new Date() },
    },
  })
}

/** Just now: what is older than a few seconds is not known any more. */
async function observe(): Promise<void> {
  await catalog.db.$executeRaw`
    INSERT INTO member_observation (member_id, state, role, timeline, gate_status, gate_epoch, gate_region, unprotected, vantage_region, observed_at)
    VALUES ('fra-2', 'reachable', 'primary', 2, 'WRITABLE', 2, 'eu-west-1', '{}', 'eu-west-1', clock_timestamp())`
}

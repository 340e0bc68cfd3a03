import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Endpoint, type EngineAdapter, type FailoverOps, NotDone } from '@/server/engines/contract'
import { call, rejection } from '@/server/engines/contract-suite'
import { createPostgresAdapter } from '.'
import { asAdmin, endpointOf, type GatedCell, startGatedCell } from './testing'

/** A drill's clone holds the gate of the cell as its standby did: open, but for another server. */
let cell: GatedCell
let adapter: EngineAdapter
let ops: FailoverOps
let clone: Endpoint
const operationId = randomUUID()

beforeAll(async () => {
  cell = await startGatedCell()
  adapter = createPostgresAdapter()
  if (!adapter.failover.supported) throw new Error(adapter.failover.reason)
  ops = adapter.failover
  const writer = await cell.startWriter(cell.primary, 1n)
  await writer.firstAcknowledgement()
  await writer.stop()
  const started = await cell.fleet.fleet.startClone('cell-2', operationId)
  clone = { ...endpointOf(cell.fleet.standbys[0]!), memberId: started.name, port: started.port }
})
afterAll(async () => {
  await adapter?.close()
  await cell?.stop()
})

test('no application can write to a clone, at no epoch', async () => {
  for (const epoch of [1n, 2n, 3n]) {
    const written = await adapter.probe(clone, 'write', { scope: cell.scope, epoch }, call())
    expect(written, String(epoch)).toMatchObject({ outcome: 'refused', sqlstate: 'HP003' })
  }
  const dsn = `postgres://${clone.app.user}:${clone.app.password}@${clone.host}:${clone.port}/${clone.database}`
  const refused = await rejection(
    asAdmin(dsn, `SET homeport.scope_epoch = '1'; INSERT INTO public.written DEFAULT VALUES`),
  )
  expect((refused as { code?: string }).code).toBe('HP003')
  expect(await rejection(asAdmin(dsn, 'ALTER TABLE public.written DISABLE TRIGGER ALL'))).toMatchObject({
    code: '42501',
  })
})

test('a drill may open it by the steps of a failover, and the cell notices nothing', async () => {
  const stamp = { scope: cell.scope, operationId, leaseEpoch: 1n, epoch: 2n }
  const elsewhere = await rejection(ops.openGate(clone, { ...stamp, region: 'eu-west-1' }, call()))
  expect(elsewhere).toBeInstanceOf(NotDone)
  await ops.openGate(clone, { ...stamp, region: clone.region }, call())
  expect((await ops.proveWritable(clone, stamp, call())).tookMs).toBeGreaterThan(0)
  expect(await adapter.observe(cell.primary.near, cell.scope, call())).toMatchObject({
    gate: { epoch: 1n, status: 'WRITABLE' },
  })
  expect(await adapter.observe(cell.standby.near, cell.scope, call())).toMatchObject({
    role: 'standby',
    gate: { epoch: 1n },
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Endpoint, type EngineAdapter, type FailoverOps, NotDone } from '@/server/engines/contract'
import { call, rejection } from '@/server/engines/contract-suite'
import { createPostgresAdapter } from '.'
import { asAdmin, endpointOf, type GatedCell, startGatedCell } from './testing'

/** Only a throw-away copy may be given another scope, whoever asks for it and by which name. */
const DRILL = { liveScope: 'cell:cell', drillScope: 'drill:cell' }
const operationId = randomUUID()
let cell: GatedCell
let adapter: EngineAdapter
let ops: FailoverOps
let clone: Endpoint

beforeAll(async () => {
  cell = await startGatedCell()
  adapter = createPostgresAdapter()
  if (!adapter.failover.supported) throw new Error(adapter.failover.reason)
  ops = adapter.failover
  const started = await cell.fleet.fleet.startClone('cell-2', operationId)
  clone = { ...endpointOf(cell.fleet.standbys[0]!), memberId: started.name, port: started.port }
})
afterAll(async () => {
  await adapter?.close()
  await cell?.stop()
})

const dsnOfClone = () =>
  `postgres://${clone.admin.user}:${clone.admin.password}@${clone.host}:${clone.port}/${clone.database}`

test('a live member is refused by its name, and under a false name by what it is', async () => {
  const live = endpointOf(cell.fleet.primary)
  for (const target of [live, endpointOf(cell.fleet.standbys[0]!), { ...live, memberId: 'clone-0' }])
    expect(await rejection(ops.adoptClone(target, DRILL, call())), target.memberId).toBeInstanceOf(NotDone)
  expect(await rejection(ops.adoptClone(clone, { ...DRILL, drillScope: DRILL.liveScope }, call()))).toBeInstanceOf(
    NotDone,
  )
  expect(await adapter.observe(cell.primary.near, cell.scope, call())).toMatchObject({
    gate: { scope: 'cell:cell', epoch: 1n, status: 'WRITABLE' },
  })
})

test('a copy gets a gate of its own, opens it, takes a write, and knows the live scope no more', async () => {
  await ops.adoptClone(clone, DRILL, call())
  await ops.adoptClone(clone, DRILL, call())
  const stamp = { scope: DRILL.drillScope, operationId, leaseEpoch: 1n, epoch: 2n }
  const asLive = { ...stamp, scope: DRILL.liveScope, region: clone.region }
  expect(await rejection(ops.openGate(clone, asLive, call()))).toBeInstanceOf(NotDone)
  await ops.openGate(clone, { ...stamp, region: clone.region }, call())
  expect((await ops.proveWritable(clone, stamp, call())).tookMs).toBeGreaterThan(0)
  const triggers = await asAdmin<{ enabled: string }>(
    dsnOfClone(),
    `SELECT tgenabled::text AS enabled FROM pg_trigger WHERE tgrelid = 'homeport.write_gate'::regclass AND tgname = 'guard'`,
  )
  expect(triggers, 'the guard is back').toEqual([{ enabled: 'A' }])
  expect(
    await rejection(ops.adoptClone(clone, { liveScope: 'cell:cell', drillScope: 'drill:other' }, call())),
  ).toBeInstanceOf(NotDone)
  expect(await adapter.observe(cell.standby.near, cell.scope, call())).toMatchObject({
    role: 'standby',
    gate: { scope: 'cell:cell', epoch: 1n },
  })
})

test('settings are those of the server, alike on a primary and its standby, and say that nothing is archived', async () => {
  const [primary, standby] = await Promise.all([
    adapter.settings(cell.primary.near, call()),
    adapter.settings(cell.standby.near, call()),
  ])
  expect(primary).toMatchObject({
    reachable: true,
    archive: null,
    values: { wal_level: 'logical', max_connections: '60' },
  })
  expect(primary.reachable && primary.values.homeport_package).toMatch(/^1 \([0-9a-f]{8}\)$/)
  expect(standby).toEqual(primary)
  const gone = { ...cell.primary.near, port: 1 }
  expect(await adapter.settings(gone, call())).toMatchObject({ reachable: false })
})

import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineAdapter, type FailoverOps, NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { call, receiptOf, rejection } from '@/server/engines/contract-suite'
import { createPostgresAdapter } from '.'
import { asAdmin, endpointOf, type GatedCell, startGatedCell } from './testing'

/** What only PostgreSQL can do wrong: prepared transactions, two timelines of one number, waits for a lost standby. */
let cell: GatedCell
let adapter: EngineAdapter
let ops: FailoverOps
let epoch = 1n
const stamp = (operationId: string) => ({ scope: cell.scope, operationId, leaseEpoch: 2n })
const reopen = async () => {
  epoch += 2n
  await ops.openGate(cell.primary.near, { ...stamp(randomUUID()), epoch, region: cell.primary.near.region }, call())
}
const primaryDsn = () => cell.fleet.primary.adminDsn

beforeAll(async () => {
  cell = await startGatedCell(['eu-central-1', 'us-east-1'])
  adapter = createPostgresAdapter()
  if (!adapter.failover.supported) throw new Error(adapter.failover.reason)
  ops = adapter.failover
})
afterAll(async () => {
  await adapter?.close()
  await cell?.stop()
})

test('a prepared transaction that wrote keeps the gate open, and is named', async () => {
  const texts = [
    `BEGIN; SET LOCAL homeport.scope_epoch = '${epoch}'; INSERT INTO public.written DEFAULT VALUES`,
    `PREPARE TRANSACTION 'left-behind'`,
  ]
  await asAdmin(primaryDsn(), texts.join(';'))
  const report = await adapter.observe(cell.primary.near, cell.scope, call())
  expect(report).toMatchObject({ preparedTransactions: ['left-behind'] })
  const fenced = await rejection(ops.fence(cell.primary.near, { ...stamp(randomUUID()), epoch: epoch + 1n }, call()))
  expect(fenced).toBeInstanceOf(NotDone)
  expect(String(fenced)).toContain('left-behind')
  expect(await adapter.observe(cell.primary.near, cell.scope, call())).toMatchObject({ gate: { status: 'WRITABLE' } })
  await asAdmin(primaryDsn(), `ROLLBACK PREPARED 'left-behind'`)
})

test('a prepared transaction that came over with the log is named by what it keeps closed', async () => {
  const texts = [
    `BEGIN; SET LOCAL homeport.scope_epoch = '${epoch}'; INSERT INTO public.written DEFAULT VALUES`,
    `PREPARE TRANSACTION 'came-over'`,
  ]
  await asAdmin(primaryDsn(), texts.join(';'))
  const open = { ...stamp(randomUUID()), epoch: epoch + 2n, region: cell.primary.near.region }
  const refused = await rejection(ops.openGate(cell.primary.near, open, call()))
  expect(refused).toBeInstanceOf(NotDone)
  expect(String(refused)).toMatch(/prepared transactions hold it: came-over\. Commit or roll back each/)
  await asAdmin(primaryDsn(), `ROLLBACK PREPARED 'came-over'`)
  epoch += 2n
  await ops.openGate(cell.primary.near, { ...open, epoch }, call())
})

test('a table without its trigger is reported, and a fence there is no proof', async () => {
  await asAdmin(primaryDsn(), 'ALTER TABLE public.written DISABLE TRIGGER ALL')
  expect(await adapter.observe(cell.primary.near, cell.scope, call())).toMatchObject({
    unprotected: ['public.written'],
  })
  const fenced = await rejection(ops.fence(cell.primary.near, { ...stamp(randomUUID()), epoch: epoch + 1n }, call()))
  expect(fenced).toBeInstanceOf(OutcomeUnknown)
  const triggers = [
    '~homeport_gate_insert',
    '~homeport_gate_change',
    'homeport_gate_statement',
    'homeport_gate_truncate',
  ]
  const enable = triggers.map((name) => `ALTER TABLE public.written ENABLE ALWAYS TRIGGER "${name}"`)
  await asAdmin(primaryDsn(), enable.join(';'))
  await reopen()
})

test('a gate is never said to have closed before it did, not by a part of a millisecond', async () => {
  const proof = await ops.fence(cell.primary.near, { ...stamp(randomUUID()), epoch: epoch + 1n }, call())
  const [row] = await asAdmin<{ closed_at_ms: number }>(
    primaryDsn(),
    'SELECT (extract(epoch from changed_at) * 1000)::float8 AS closed_at_ms FROM homeport.write_gate',
  )
  expect(proof.closedAt.getTime()).toBeGreaterThanOrEqual(row?.closed_at_ms ?? Number.NaN)
  await reopen()
})

test('settings that void a claim of zero loss are said', async () => {
  await asAdmin(primaryDsn(), 'ALTER ROLE app SET synchronous_commit = off')
  const report = await adapter.observe(cell.primary.near, cell.scope, call())
  expect(report.reachable && report.warnings).toEqual([
    expect.stringContaining('synchronous_commit is off for role app'),
  ])
  await asAdmin(primaryDsn(), 'ALTER ROLE app RESET synchronous_commit')
})

test('a worker that lost its lease is refused by the server itself, and no application can pose as one', async () => {
  const operationId = randomUUID()
  const newer = { ...stamp(operationId), epoch, drainMs: 200 }
  const impostor = new Client(cell.fleet.primary.appDsn)
  await impostor.connect()
  await impostor.query(`SET application_name = 'homeport-act/${operationId}/not-a-number'`)
  await ops.freeze(cell.primary.near, newer, call())
  const other = createPostgresAdapter()
  if (!other.failover.supported) throw new Error(other.failover.reason)
  const older = other.failover.thaw(cell.primary.near, { ...newer, leaseEpoch: 1n }, call())
  const refused = await rejection(older)
  await other.close()
  expect(refused).toBeInstanceOf(NotDone)
  expect(String(refused)).toContain('newer lease')
  await ops.thaw(cell.primary.near, newer, call())
  await impostor.query('SELECT 1')
  await impostor.end()
})

test('commits that wait for a lost standby are ended, and the gate does not wait for that standby', async () => {
  await asAdmin(primaryDsn(), `ALTER SYSTEM SET synchronous_standby_names = 'nobody'`)
  await asAdmin(primaryDsn(), 'SELECT pg_reload_conf()')
  const writing = cell.startWriter(cell.primary, epoch).then(async (writer) => {
    await writer.firstAcknowledgement().catch(() => {})
    await writer.stop()
  })
  await expect
    .poll(() => asAdmin(primaryDsn(), `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`))
    .toHaveLength(1)
  const operationId = randomUUID()
  await ops.warmUp([cell.primary.near], call())
  const frozen = await ops.freeze(cell.primary.near, { ...stamp(operationId), epoch, drainMs: 200 }, call())
  expect(frozen.terminatedCount).toBe(1)
  await ops.fence(cell.primary.near, { ...stamp(operationId), epoch: epoch + 1n }, call())
  await writing
  await asAdmin(primaryDsn(), 'ALTER SYSTEM RESET synchronous_standby_names')
  await asAdmin(primaryDsn(), 'SELECT pg_reload_conf()')
  await reopen()
})

describe('across 200 ms there and back', () => {
  const RTT_MS = 200
  /** Beyond whole round trips: the work itself, on a busy test machine. */
  const WORK_MS_MAX = 150

  test('a fence costs two round trips, everything else one', async () => {
    const there = cell.fleet.fleet.links.link('us-east-1', 'eu-west-1')
    const home = cell.fleet.fleet.links.link('eu-west-1', 'us-east-1')
    const far = endpointOf(cell.fleet.primary, 'us-east-1')
    const operationId = randomUUID()
    for (const link of [there, home]) link.set({ lagMs: RTT_MS / 2 })
    try {
      await ops.warmUp([far], call())
      const took: Record<string, number> = {}
      const measure = async (step: string, roundTrips: number, work: () => Promise<unknown>) => {
        const startedAtMs = performance.now()
        await work()
        took[step] = Math.round(performance.now() - startedAtMs)
        expect(took[step], step).toBeLessThan(roundTrips * RTT_MS + WORK_MS_MAX)
      }
      await measure('freeze', 1, () => ops.freeze(far, { ...stamp(operationId), epoch, drainMs: 500 }, call()))
      await measure('fence', 2, () => ops.fence(far, { ...stamp(operationId), epoch: epoch + 1n }, call()))
      epoch += 2n
      const open = { ...stamp(operationId), epoch, region: 'eu-west-1' }
      await measure('openGate', 1, () => ops.openGate(far, open, call()))
      await measure('proveWritable', 1, () => ops.proveWritable(far, open, call()))
      await adapter.observe(far, cell.scope, call())
      await measure('observe', 1, () => adapter.observe(far, cell.scope, call()))
      process.stdout.write(`postgres at ${RTT_MS} ms there and back, ms: ${JSON.stringify(took)}\n`)
    } finally {
      for (const link of [there, home]) link.set({ lagMs: 0 })
    }
  })
})

describe('two lines of timelines', () => {
  test('a server that went its own way is never waited for and never promoted, though it is further on', async () => {
    const [first, second, rogue] = cell.fleet.members
    if (!first || !second || !rogue) throw new Error('Three members are needed.')
    const to = { first: endpointOf(first), second: endpointOf(second), rogue: endpointOf(rogue) }

    // The rogue is promoted by hand, writes, and comes back as a standby of its own timeline 2.
    await asAdmin(rogue.adminDsn, 'SELECT pg_promote(true)')
    await asAdmin(rogue.adminDsn, 'CREATE TABLE public.junk AS SELECT generate_series(1, 50000) AS n')

    // The real switchover, to another timeline 2.
    const one = randomUUID()
    const fenceOne = await ops.fence(to.first, { ...stamp(one), epoch: epoch + 1n }, call())
    const receiptOne = receiptOf(fenceOne, one, first.name, epoch + 1n)
    const reached = { ...fenceOne, fence: { operationId: one, epoch: epoch + 1n } }
    await ops.awaitReplay(to.second, reached, call())
    expect(await rejection(ops.awaitReplay(to.rogue, reached, call())), 'left too early').toBeInstanceOf(NotDone)
    expect(await rejection(ops.promote(to.rogue, receiptOne, call())), 'another primary').toBeInstanceOf(NotDone)
    await ops.promote(to.second, receiptOne, call())
    epoch += 1n
    await ops.openGate(to.second, { ...stamp(one), epoch, region: second.region }, call())

    // A second one, whose receipt names timeline 2, to which the rogue's own has the same number and a higher position.
    const two = randomUUID()
    const fenceTwo = await ops.fence(to.second, { ...stamp(two), epoch: epoch + 1n }, call())
    const receiptTwo = receiptOf(fenceTwo, two, second.name, epoch + 1n)
    expect(await rejection(ops.promote(to.rogue, receiptTwo, call())), 'as a primary').toBeInstanceOf(NotDone)
    await rogue.shutDown()
    await writeFile(join(cell.fleet.fleet.member(rogue.name).seat.dir, 'standby.signal'), '', { mode: 0o644 })
    await rogue.start()
    const seen = await adapter.observe(to.rogue, cell.scope, call())
    expect(seen).toMatchObject({ role: 'standby', timeline: fenceTwo.timeline })
    const wanted = { ...fenceTwo, fence: { operationId: two, epoch: epoch + 1n } }
    expect(await rejection(ops.awaitReplay(to.rogue, wanted, call())), 'as a standby').toBeInstanceOf(NotDone)
    expect(await rejection(ops.promote(to.rogue, receiptTwo, call())), 'as a standby').toBeInstanceOf(NotDone)
  })

  test('a frozen server that is told to promote leaves an unknown outcome, and the same call later is done', async () => {
    const [first] = cell.fleet.members
    if (!first) throw new Error('A member is needed.')
    // The first member still follows nobody: it is rebuilt as a standby of the second, which is writable.
    const second = cell.fleet.standbys[0]
    if (!second) throw new Error('A standby is needed.')
    epoch += 2n
    const operationId = randomUUID()
    const open = { ...stamp(operationId), epoch, region: second.region }
    await ops.openGate(endpointOf(second), open, call())
    await cell.fleet.rebuild(first.name, { source: second.name, operationId })
    const target = endpointOf(first)
    const fence = await ops.fence(endpointOf(second), { ...stamp(operationId), epoch: epoch + 1n }, call())
    const receipt = receiptOf(fence, operationId, second.name, epoch + 1n)
    await ops.awaitReplay(target, fence, call(30_000))
    await ops.warmUp([target], call())
    await first.freeze()
    const unknown = await rejection(ops.promote(target, receipt, call(400)))
    await first.thaw()
    expect(unknown).toBeInstanceOf(OutcomeUnknown)
    const promoted = await ops.promote(target, receipt, call())
    expect(promoted.timeline).toBe(fence.timeline + 1)
  })
})

import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transact } from '@/server/db'
import { CLOCK_SKEW_MS_MAX } from '@/server/engines/contract'
import { asAdmin } from '@/server/engines/postgres/testing'
import { leaseEndsAt, stopLease } from '.'
import { LEASE_MS, LeasedCell, SCOPE } from './testing/leased-cell'

/** What a busy test machine may add to an instant. */
const BUSY_MS = 1_000
const TIMEOUT = { timeout: 30_000, interval: 20 }

let leased: LeasedCell
let epoch: bigint

beforeAll(async () => {
  leased = await LeasedCell.start()
})
afterAll(() => leased?.stop())
beforeEach(async () => {
  epoch = await leased.reset()
})
afterEach(() => {
  expect(leased.beyondGrant, 'no end beyond what was granted').toEqual([])
})

type Writer = Awaited<ReturnType<LeasedCell['write']>>

const isLeased = () => expect.poll(() => leaseEndsAt(leased.db, SCOPE), TIMEOUT).toMatchObject({ epoch })
const lastOutcome = (writer: Writer, outcome: string) =>
  expect.poll(() => writer.seen.at(-1)?.outcome, TIMEOUT).toBe(outcome)
const refusals = (writer: Writer) => writer.seen.filter(({ outcome }) => outcome !== 'ok')
const stop = () => transact(leased.db, (tx) => stopLease(tx, { scope: SCOPE, epoch, operationId: randomUUID() }))

/** Milliseconds from now until the writer was refused by its lease. */
async function untilRefused(writer: Writer): Promise<number> {
  const fromMs = performance.now()
  await lastOutcome(writer, 'REGION_READ_ONLY')
  const refused = writer.seen.find(({ atMs, outcome }) => atMs >= fromMs && outcome !== 'ok')!
  expect(refused.detail).toMatch(/^The write lease of cell:cell ran out at /)
  return refused.atMs - fromMs
}

describe('a leased cell', () => {
  test('is renewed all the time, refuses nobody, and its end is known once the gate has confirmed it', async () => {
    expect(await leaseEndsAt(leased.db, SCOPE)).toBeNull()
    const writer = await leased.write(epoch)
    leased.renew()
    await isLeased()
    const ends = new Set<number>()
    await expect.poll(async () => ends.add((await leased.leaseUntil())!.getTime()).size, TIMEOUT).toBeGreaterThan(6)
    expect(refusals(writer)).toEqual([])
    expect(await leaseEndsAt(leased.db, SCOPE)).toMatchObject({ basis: 'granted', isStopped: false, isOver: false })
  })

  test('refuses by itself when its only worker is killed, and is well again when there is another', async () => {
    const writer = await leased.write(epoch)
    const worker = await leased.spawn()
    await isLeased()
    worker.signal('SIGKILL')
    const tookMs = await untilRefused(writer)
    expect(tookMs).toBeLessThan(LEASE_MS + BUSY_MS)
    expect(tookMs).toBeGreaterThan(LEASE_MS / 3)
    leased.renew()
    await lastOutcome(writer, 'ok')
    process.stdout.write(`worker killed: refused after ${Math.round(tookMs)} ms of a lease of ${LEASE_MS} ms\n`)
  })

  test('refuses when its worker is frozen, and what the worker orders when it wakes is within what was granted', async () => {
    const writer = await leased.write(epoch)
    const worker = await leased.spawn()
    await isLeased()
    worker.signal('SIGSTOP')
    const tookMs = await untilRefused(writer)
    const end = await stop()
    expect(end).toMatchObject({ basis: 'granted', isStopped: true })
    worker.signal('SIGCONT')
    await expect.poll(async () => (await leaseEndsAt(leased.db, SCOPE))?.basis, TIMEOUT).toBe('final')
    expect((await leased.leaseUntil())!.getTime()).toBeLessThanOrEqual(end!.at.getTime())
    process.stdout.write(`worker frozen: refused after ${Math.round(tookMs)} ms\n`)
  })

  test.each(['SIGKILL', 'SIGSTOP', 'SIGTERM'] as const)(
    'of two workers, one that ends by %s is not missed',
    async (signal) => {
      const writer = await leased.write(epoch)
      const first = await leased.spawn()
      await isLeased()
      await leased.spawn()
      first.signal(signal)
      const fromMs = performance.now()
      await expect
        .poll(async () => {
          await leased.leaseUntil()
          return performance.now() - fromMs
        }, TIMEOUT)
        .toBeGreaterThan(2 * LEASE_MS)
      expect(refusals(writer)).toEqual([])
      first.signal('SIGCONT')
    },
  )

  test('killed and started again at any moment, workers never go beyond what was granted, and it always recovers', async () => {
    const writer = await leased.write(epoch)
    for (let round = 0; round < 6; round += 1) {
      const worker = await leased.spawn()
      const aliveMs = 60 + round * 137
      const fromMs = performance.now()
      await expect.poll(() => performance.now() - fromMs, { ...TIMEOUT, interval: 5 }).toBeGreaterThan(aliveMs)
      worker.signal('SIGKILL')
      await worker.gone
      await leased.leaseUntil()
    }
    leased.renew()
    await isLeased()
    await lastOutcome(writer, 'ok')
  })
})

test('a renewer has not ended before the lease of a cell that left the list is given back', async () => {
  const { stop: end } = leased.renew()
  await isLeased()
  const keeper = `renew:${SCOPE}`
  const ended = await leased.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM lease WHERE name = ${keeper} FOR UPDATE`
      await leased.db.cell.update({ where: { id: 'cell' }, data: { writeLeaseMs: null } })
      await leased.moveEpoch() // nothing was ordered at the new one
      await expect.poll(isGivingBack, TIMEOUT).toBe(true)
      let hasEnded = false
      const ending = end().then(() => {
        hasEnded = true
      })
      const fromMs = performance.now()
      await expect.poll(() => performance.now() - fromMs, TIMEOUT).toBeGreaterThan(500)
      expect(hasEnded, 'while the lease cannot be given back').toBe(false)
      return { ending }
    },
    { timeout: 30_000 },
  )
  await ended.ending
  expect((await leased.db.lease.findUniqueOrThrow({ where: { name: keeper } })).holder).toBeNull()
})

async function isGivingBack(): Promise<boolean> {
  const waiting = await leased.db.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%UPDATE lease SET holder = NULL%'
       AND pid <> pg_backend_pid()`
  return waiting.length > 0
}

describe('without the catalog', () => {
  test('goes on until what was granted has passed, then refuses, and is well again with the catalog', async () => {
    const writer = await leased.write(epoch)
    leased.renew()
    await isLeased()
    const { grantedUntil } = await leased.db.writeLease.findUniqueOrThrow({ where: { scope: SCOPE } })
    const fromMs = performance.now()
    await leased.catalog.server.freeze()
    try {
      await expect.poll(() => performance.now() - fromMs, TIMEOUT).toBeGreaterThan(3 * LEASE_MS)
      expect(refusals(writer), 'it is far longer than the lease that the catalog is away').toEqual([])
      await lastOutcome(writer, 'REGION_READ_ONLY')
      expect(Date.now()).toBeGreaterThanOrEqual(grantedUntil.getTime() - LEASE_MS)
      expect(Date.now()).toBeLessThan(grantedUntil.getTime() + LEASE_MS + BUSY_MS)
    } finally {
      await leased.catalog.server.thaw()
    }
    await lastOutcome(writer, 'ok')
  })
})

describe('stopped by an operation', () => {
  test.each(['black-hole', 'cut'] as const)(
    'with a link that is %s, the last word is the last order that may have arrived',
    async (state) => {
      const writer = await leased.write(epoch)
      leased.renew()
      await isLeased()
      leased.cutLinks(state)
      const cutAtMs = Date.now()
      const tookMs = await untilRefused(writer)
      expect(tookMs).toBeLessThan(LEASE_MS + BUSY_MS)
      const stoppedAtMs = performance.now()
      await stop()
      await expect.poll(async () => (await leaseEndsAt(leased.db, SCOPE))?.basis, TIMEOUT).toBe('final')
      const wordMs = performance.now() - stoppedAtMs
      const end = (await leaseEndsAt(leased.db, SCOPE))!
      expect(end.at.getTime()).toBeLessThan(cutAtMs + LEASE_MS + BUSY_MS)
      expect(end.at.getTime()).toBeGreaterThanOrEqual((await leased.leaseUntil())!.getTime())
      await expect.poll(async () => (await leaseEndsAt(leased.db, SCOPE))?.isOver, TIMEOUT).toBe(true)
      expect(Date.now()).toBeGreaterThan(end.at.getTime() + CLOCK_SKEW_MS_MAX - BUSY_MS)
      leased.cutLinks('up')
      expect(await leased.leaseUntil(), 'nothing is renewed any more at this epoch').toEqual(await leased.leaseUntil())
      expect(writer.seen.at(-1)?.outcome).toBe('REGION_READ_ONLY')
      process.stdout.write(
        `link ${state}: refused after ${Math.round(tookMs)} ms, last word after ${Math.round(wordMs)} ms\n`,
      )
    },
  )

  test('without a worker, what was granted bounds it, and a worker that comes later says nothing less', async () => {
    const worker = await leased.spawn()
    await isLeased()
    worker.signal('SIGKILL')
    await worker.gone
    const end = (await stop())!
    expect(end).toMatchObject({ basis: 'granted' })
    leased.renew()
    await expect.poll(async () => (await leaseEndsAt(leased.db, SCOPE))?.basis, TIMEOUT).toBe('final')
    expect((await leaseEndsAt(leased.db, SCOPE))!.at).toEqual(end.at)
  })

  test('a worker that left in order leaves nothing to wait for but its last order', async () => {
    const worker = leased.renew()
    await isLeased()
    await worker.stop()
    const end = (await stop())!
    expect(end.at.getTime()).toBeLessThan(Date.now() + LEASE_MS)
    expect(end.at.getTime()).toBeGreaterThanOrEqual((await leased.leaseUntil())!.getTime())
  })

  test('before it began, it never begins, and nothing is known of its end', async () => {
    expect(await stop()).toBeNull()
    const writer = await leased.write(epoch)
    leased.renew()
    await expect
      .poll(() => leased.db.lease.findUnique({ where: { name: `renew:${SCOPE}` } }), TIMEOUT)
      .toMatchObject({ holder: expect.any(String) })
    await expect.poll(() => writer.seen.length, TIMEOUT).toBeGreaterThan(50)
    expect(await leased.leaseUntil()).toBeNull()
    expect(await leaseEndsAt(leased.db, SCOPE)).toBeNull()
  })

  test('may be asked again by it, and is refused at an epoch that has passed', async () => {
    leased.renew()
    await isLeased()
    const operationId = randomUUID()
    const order = { scope: SCOPE, epoch, operationId }
    const first = await transact(leased.db, (tx) => stopLease(tx, order))
    expect(await transact(leased.db, (tx) => stopLease(tx, order))).toMatchObject({ epoch: first!.epoch })
    epoch = await leased.moveEpoch()
    await expect(transact(leased.db, (tx) => stopLease(tx, order))).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('a new epoch', () => {
  test('starts a lease anew by itself, and until the gate has confirmed it no end is known', async () => {
    leased.renew()
    await isLeased()
    await stop()
    epoch = await leased.moveEpoch()
    const fromMs = performance.now()
    expect(await leaseEndsAt(leased.db, SCOPE)).toBeNull()
    await isLeased()
    process.stdout.write(`a new epoch is leased after ${Math.round(performance.now() - fromMs)} ms\n`)
  })

  test('a cell that is leased no more keeps its lease until then, and has none afterwards', async () => {
    const writer = await leased.write(epoch)
    leased.renew()
    await isLeased()
    await leased.db.cell.update({ where: { id: 'cell' }, data: { writeLeaseMs: null } })
    const fromMs = performance.now()
    await expect.poll(() => performance.now() - fromMs, TIMEOUT).toBeGreaterThan(3 * LEASE_MS)
    expect(refusals(writer)).toEqual([])
    epoch = await leased.moveEpoch()
    const next = await leased.write(epoch)
    await lastOutcome(next, 'ok')
    expect(await leased.leaseUntil()).toBeNull()
  })
})

// The last one: it moves the writer for good.
test('the server that takes over is leased at once by itself, and the one before it gets nothing more', async () => {
  leased.renew()
  await isLeased()
  const next = await leased.moveWriter(epoch)
  const openedAtMs = performance.now()
  epoch += 1n
  const writer = await leased.write(epoch, next)
  expect(await leaseEndsAt(leased.db, SCOPE), 'no lease is claimed before the gate keeps to one').toBeNull()
  await isLeased()
  process.stdout.write(
    `the new writer is leased ${Math.round(performance.now() - openedAtMs)} ms after it was opened\n`,
  )
  const look = async (dsn: string) => (await asAdmin(dsn, 'SELECT status, lease_until FROM homeport.write_gate'))[0]
  expect(await look(next.adminDsn)).toEqual({ status: 'WRITABLE', lease_until: expect.any(Date) })
  expect(refusals(writer)).toEqual([])
  expect(await look(leased.primary.adminDsn)).toMatchObject({ status: 'FENCED' })
})

import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineAdapter, type FailoverOps, type FenceReceipt, NotDone, OutcomeUnknown } from './contract'
import {
  type ContractCell,
  call,
  DRAIN_MS,
  follows,
  OVERRUN_MS_MAX,
  receiptOf,
  rejection,
  SHORT_MS,
  timed,
} from './contract-cell'
import { describeLeasing } from './contract-lease'
import { describeLooking } from './contract-looking'
import { describeLosing } from './contract-losing'

export {
  type ContractCell,
  type ContractMember,
  type ContractWriter,
  call,
  receiptOf,
  rejection,
} from './contract-cell'

/** Longer than an engine may let an order live past its sender's patience. */
const LATE_AFTER_MS = 2_500

/** What every adapter must pass; see contract-cell.ts for what it needs from the engine. */
export function describeEngineContract(
  kind: string,
  engine: { createAdapter(): EngineAdapter; startCell(): Promise<ContractCell> },
): void {
  describe(`the ${kind} adapter`, () => {
    let cell: ContractCell
    let adapter: EngineAdapter
    let ops: FailoverOps
    let epoch = 1n
    const stamp = (operationId: string) => ({ scope: cell.scope, operationId, leaseEpoch: 1n })

    beforeAll(async () => {
      cell = await engine.startCell()
      adapter = engine.createAdapter()
      if (!adapter.failover.supported) throw new Error(adapter.failover.reason)
      ops = adapter.failover
    })
    afterAll(async () => {
      await adapter?.close()
      await cell?.stop()
    })

    describeLooking(() => ({ cell, adapter, ops, epoch }))
    describeLosing(engine)
    describeLeasing(() => ({ cell, adapter, ops, epoch, back }))

    describe('freezing', () => {
      test('waits for a writer, then ends its session, and a thaw lets writes through again', async () => {
        const operationId = randomUUID()
        const held = await cell.holdWrite(cell.primary, epoch)
        const frozen = await ops.freeze(cell.primary.near, { ...stamp(operationId), epoch, drainMs: DRAIN_MS }, call())
        expect(frozen.terminatedCount).toBe(1)
        expect(await held.isAlive()).toBe(false)
        const again = await ops.freeze(cell.primary.near, { ...stamp(operationId), epoch, drainMs: DRAIN_MS }, call())
        expect(again.terminatedCount).toBe(0)

        const probe = () => adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch }, call())
        expect(await probe()).toMatchObject({ outcome: 'refused', sqlstate: 'HP005' })
        const stranger = ops.thaw(cell.primary.near, { ...stamp(randomUUID()), epoch }, call())
        await expect(stranger, 'another operation').rejects.toBeInstanceOf(NotDone)
        await ops.thaw(cell.primary.near, { ...stamp(operationId), epoch }, call())
        await ops.thaw(cell.primary.near, { ...stamp(operationId), epoch }, call())
        expect(await probe()).toMatchObject({ outcome: 'ok' })
      })

      test('at another epoch than the gate’s does nothing', async () => {
        const order = { ...stamp(randomUUID()), epoch: epoch + 5n, drainMs: DRAIN_MS }
        await expect(ops.freeze(cell.primary.near, order, call())).rejects.toBeInstanceOf(NotDone)
        expect(await adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch }, call())).toMatchObject({
          outcome: 'ok',
        })
      })
    })

    describe('fencing', () => {
      test('a standby cannot be fenced', async () => {
        const order = { ...stamp(randomUUID()), epoch: epoch + 1n }
        await expect(ops.fence(cell.standby.near, order, call())).rejects.toBeInstanceOf(NotDone)
      })

      test('a server that stopped answering leaves an unknown outcome, and the same call later is the proof', async () => {
        const operationId = randomUUID()
        const order = { ...stamp(operationId), epoch: epoch + 1n }
        await ops.warmUp([cell.primary.near], call())
        await cell.primary.freeze()
        const { value, tookMs } = await timed(() => rejection(ops.fence(cell.primary.near, order, call(SHORT_MS))))
        await cell.primary.thaw()
        expect(value).toBeInstanceOf(OutcomeUnknown)
        expect(tookMs).toBeLessThan(SHORT_MS + OVERRUN_MS_MAX)

        const proof = await ops.fence(cell.primary.near, order, call())
        expect(proof).toMatchObject({ strength: 'PROVEN', refusal: { sqlstate: 'HP005' } })
        expect(await rejection(ops.thaw(cell.primary.near, order, call())), 'a fence is for good').toBeInstanceOf(
          NotDone,
        )
        await back()
      })

      test('a link that swallows everything leaves an unknown outcome; nothing was sent on a new connection', async () => {
        const order = { ...stamp(randomUUID()), epoch: epoch + 1n }
        await ops.warmUp([cell.primary.far], call())
        cell.blackHoleReplication()
        try {
          const kept = await timed(() => rejection(ops.fence(cell.primary.far, order, call(SHORT_MS))))
          expect(kept.value).toBeInstanceOf(OutcomeUnknown)
          expect(kept.tookMs).toBeLessThan(SHORT_MS + OVERRUN_MS_MAX)
          const fresh = await timed(() => rejection(ops.fence(cell.primary.far, order, call(SHORT_MS))))
          expect(fresh.value).toBeInstanceOf(NotDone)
          expect(fresh.tookMs).toBeLessThan(SHORT_MS + OVERRUN_MS_MAX)
        } finally {
          cell.healReplication()
        }
        await back()
      })

      test('an order that was swallowed is never carried out once a later one has been', async () => {
        const operationId = randomUUID()
        const write = () => adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch }, call())
        await ops.warmUp([cell.primary.far], call())
        cell.blackHoleReplication()
        const order = { ...stamp(operationId), epoch, drainMs: DRAIN_MS }
        const frozen = await rejection(ops.freeze(cell.primary.far, order, call(SHORT_MS)))
        expect(frozen).toBeInstanceOf(OutcomeUnknown)
        await ops.thaw(cell.primary.near, { ...stamp(operationId), epoch }, call())
        cell.healReplication()
        await follows(adapter, cell) // bytes cross the link again, the swallowed ones too
        expect(await write()).toMatchObject({ outcome: 'ok' })
      })

      test('an order that arrives after its sender stopped waiting for it does nothing', async () => {
        await ops.warmUp([cell.primary.far], call())
        cell.blackHoleReplication()
        const order = { ...stamp(randomUUID()), epoch, drainMs: DRAIN_MS }
        const sentAtMs = Date.now()
        expect(await rejection(ops.freeze(cell.primary.far, order, call(SHORT_MS)))).toBeInstanceOf(OutcomeUnknown)
        await expect.poll(() => Date.now() - sentAtMs, { timeout: 30_000 }).toBeGreaterThan(SHORT_MS + LATE_AFTER_MS)
        cell.healReplication()
        await follows(adapter, cell) // bytes cross the link again, the swallowed ones too
        const written = await adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch }, call())
        expect(written).toMatchObject({ outcome: 'ok' })
      })
    })

    test('a standby that is cut off has no lag of zero', async () => {
      await follows(adapter, cell)
      cell.blackHoleReplication()
      try {
        await expect
          .poll(
            async () => {
              await adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch }, call())
              const primary = await adapter.observe(cell.primary.near, cell.scope, call())
              const standby = await adapter.observe(cell.standby.near, cell.scope, call())
              return adapter.decideLag(primary, standby)
            },
            { timeout: 60_000, interval: 100 },
          )
          .toMatchObject({ state: 'disconnected', bytes: expect.toSatisfy((bytes: bigint | null) => bytes !== 0n) })
      } finally {
        cell.healReplication()
      }
      await follows(adapter, cell)
    })

    test('a standby that has not replayed the fence is not promoted', async () => {
      const operationId = randomUUID()
      const next = epoch + 1n
      await follows(adapter, cell)
      cell.blackHoleReplication()
      const fence = await ops.fence(cell.primary.near, { ...stamp(operationId), epoch: next }, call())
      const until = { ...fence, fence: { operationId, epoch: next } }
      const receipt = receiptOf(fence, operationId, cell.primary.name, next)
      try {
        expect(await rejection(ops.awaitReplay(cell.standby.near, until, call(SHORT_MS)))).toBeInstanceOf(NotDone)
        expect(await rejection(ops.promote(cell.standby.near, receipt, call()))).toBeInstanceOf(NotDone)
      } finally {
        cell.healReplication()
      }
      expect(await adapter.observe(cell.standby.near, cell.scope, call())).toMatchObject({ role: 'standby' })
      await ops.awaitReplay(cell.standby.near, until, call(60_000))
      const strangers: Partial<FenceReceipt>[] = [
        { systemIdentifier: '1' },
        { systemIdentifier: null },
        { operationId: randomUUID() },
        { epoch: next + 1n },
        { timeline: fence.timeline + 1 },
        { lsn: null },
      ]
      for (const change of strangers) {
        const refused = await rejection(ops.promote(cell.standby.near, { ...receipt, ...change }, call()))
        expect(refused, Object.keys(change).join()).toBeInstanceOf(NotDone)
        const open = { ...stamp(operationId), epoch: next, region: cell.standby.near.region }
        const neither = ops.promoteAndOpen(cell.standby.near, { ...receipt, ...change }, open, call())
        expect(await rejection(neither), Object.keys(change).join()).toBeInstanceOf(NotDone)
      }
      await back()
    })

    /** As an operation goes back from a fence: two epochs up, whether the fence ever arrived or not. */
    async function back(): Promise<void> {
      epoch += 2n
      const open = { ...stamp(randomUUID()), epoch, region: cell.primary.near.region }
      await ops.openGate(cell.primary.near, open, call())
    }

    test('a switchover loses nothing, acknowledges nothing behind the fence, and may be repeated at every step', async () => {
      const operationId = randomUUID()
      const { primary, standby } = cell
      const next = epoch + 1n
      const took: Record<string, number> = {}
      const measure = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
        const { value, tookMs } = await timed(work)
        took[step] = Math.round(tookMs * 10) / 10
        return value
      }
      await follows(adapter, cell)
      const writer = await cell.startWriter(primary, epoch)
      await writer.firstAcknowledgement()

      await measure('warmUp', () => ops.warmUp([primary.near, standby.near], call()))
      await measure('freeze', () => ops.freeze(primary.near, { ...stamp(operationId), epoch, drainMs: 2_000 }, call()))
      const frozenAtMs = performance.now()
      const fence = await measure('fence', () =>
        ops.fence(primary.near, { ...stamp(operationId), epoch: next }, call()),
      )
      const until = { ...fence, fence: { operationId, epoch: next } }
      const replay = await measure('awaitReplay', () => ops.awaitReplay(standby.near, until, call()))
      const receipt = receiptOf(fence, operationId, primary.name, next)
      const open = { ...stamp(operationId), epoch: next, region: standby.near.region }
      const promoted = await measure('promoteAndOpen', () => ops.promoteAndOpen(standby.near, receipt, open, call()))
      await measure('proveWritable', () =>
        ops.proveWritable(standby.near, { ...stamp(operationId), epoch: next }, call()),
      )
      const successor = await cell.startWriter(standby, next)
      const writableAtMs = await successor.firstAcknowledgement()
      await writer.stop()
      await successor.stop()

      const last = writer.acknowledged.at(-1)
      if (!last) throw new Error('The writer wrote nothing.')
      took.writePause = Math.round((writableAtMs - last.atMs) * 10) / 10
      process.stdout.write(`${kind} switchover without delay, ms: ${JSON.stringify(took)}\n`)
      expect(writer.acknowledged.filter(({ sentAtMs }) => sentAtMs > frozenAtMs)).toEqual([])
      const stored = await cell.storedNumbers(standby)
      const lost = [...writer.acknowledged, ...successor.acknowledged].filter(({ number }) => !stored.has(number))
      expect(lost, 'acknowledged and lost').toEqual([])
      expect(replay.tookMs).toBeGreaterThan(0)
      expect(promoted.timeline).toBeGreaterThan(fence.timeline)

      // Repeated, each is done already; the old primary stays closed whatever is tried.
      expect(await ops.awaitReplay(standby.near, until, call())).toMatchObject({})
      expect(await ops.promote(standby.near, receipt, call())).toMatchObject({ timeline: promoted.timeline })
      expect(await ops.promoteAndOpen(standby.near, receipt, open, call())).toMatchObject({
        timeline: promoted.timeline,
      })
      await ops.openGate(standby.near, open, call())
      const again = await ops.fence(primary.near, { ...stamp(operationId), epoch: next }, call())
      expect(again).toMatchObject({ strength: 'PROVEN', systemIdentifier: fence.systemIdentifier })
      const back = { ...stamp(operationId), epoch: next, region: primary.near.region }
      expect(await rejection(ops.openGate(primary.near, back, call()))).toBeInstanceOf(NotDone)
      expect(
        await rejection(ops.proveWritable(primary.near, { ...stamp(operationId), epoch: next }, call())),
      ).toBeInstanceOf(NotDone)
      expect(await rejection(ops.promote(primary.near, receipt, call())), 'the fenced one itself').toBeInstanceOf(
        NotDone,
      )
    })
  })
}

import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type EngineAdapter, type FailoverOps, type LeaseOrder, NotDone, OutcomeUnknown } from './contract'
import { type ContractCell, call, DRAIN_MS, OVERRUN_MS_MAX, rejection, SHORT_MS, timed } from './contract-cell'

type Subject = { cell: ContractCell; adapter: EngineAdapter; ops: FailoverOps; epoch: bigint; back(): Promise<void> }

const LEASE_MS = 1_500
const WAIT = { timeout: 30_000, interval: 20 }

/** A write lease: three outcomes, instants that only rise, and a server that stops by itself. */
export function describeLeasing(subject: () => Subject): void {
  describe('leasing', () => {
    const order = (change: Partial<LeaseOrder> = {}): LeaseOrder => {
      const { cell, epoch } = subject()
      return { scope: cell.scope, epoch, until: new Date(Date.now() + LEASE_MS), lastsMs: LEASE_MS, ...change }
    }
    const write = () => {
      const { adapter, cell, epoch } = subject()
      return adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch }, call())
    }
    const leaseUntil = async () => {
      const { adapter, cell } = subject()
      const report = await adapter.observe(cell.primary.near, cell.scope, call())
      return report.reachable ? report.gate?.leaseUntil : undefined
    }

    test('a gate has none until it is given one, then it stops by itself, and goes on when it is renewed', async () => {
      const { cell, ops, back } = subject()
      expect(await leaseUntil()).toBeNull()
      const given = order()
      expect(await ops.renewLease(cell.primary.near, given, call())).toEqual(given.until)
      expect(await leaseUntil()).toEqual(given.until)
      expect(await write()).toMatchObject({ outcome: 'ok' })
      await expect.poll(write, WAIT).toMatchObject({ outcome: 'refused', sqlstate: 'HP005' })
      expect(Date.now()).toBeGreaterThanOrEqual(given.until.getTime())
      await ops.renewLease(cell.primary.near, order(), call())
      expect(await write()).toMatchObject({ outcome: 'ok' })
      await back()
      expect(await leaseUntil(), 'a new epoch starts without one').toBeNull()
    })

    test('a renewal waits for no writer; an order that comes late or twice takes nothing back', async () => {
      const { cell, ops, epoch, back } = subject()
      const long = order({ until: new Date(Date.now() + 30_000), lastsMs: 30_000 })
      await ops.renewLease(cell.primary.near, long, call())
      const held = await cell.holdWrite(cell.primary, epoch)
      const later = order({ until: new Date(long.until.getTime() + 1_000), lastsMs: 31_000 })
      await ops.renewLease(cell.primary.near, later, call(SHORT_MS + OVERRUN_MS_MAX))
      for (const again of [long, later])
        expect(await ops.renewLease(cell.primary.near, again, call())).toEqual(later.until)
      await held.release()
      await back()
    })

    test('is certainly not given at another epoch, by a closed gate, by a standby, or under a clock that does not fit', async () => {
      const { cell, ops, epoch, back } = subject()
      const stamp = { scope: cell.scope, operationId: randomUUID(), leaseEpoch: 1n, epoch }
      const at = (change: Partial<LeaseOrder>) => rejection(ops.renewLease(cell.primary.near, order(change), call()))
      expect(await at({ epoch: epoch + 1n })).toBeInstanceOf(NotDone)
      expect(await at({ epoch: epoch - 1n })).toBeInstanceOf(NotDone)
      expect(await at({ until: new Date(Date.now() - 1) }), 'it has passed').toBeInstanceOf(NotDone)
      const behind = { until: new Date(Date.now() + 7_200_000) }
      expect(await at(behind), 'two hours longer by the server’s clock than by ours').toBeInstanceOf(NotDone)
      expect(await rejection(ops.renewLease(cell.standby.near, order(), call()))).toBeInstanceOf(NotDone)
      await ops.freeze(cell.primary.near, { ...stamp, drainMs: DRAIN_MS }, call())
      expect(await at({}), 'frozen').toBeInstanceOf(NotDone)
      await ops.thaw(cell.primary.near, stamp, call())
      expect(await leaseUntil()).toBeNull()
      await back()
    })

    test('a server that does not answer leaves an unknown outcome within the deadline', async () => {
      const { cell, ops, back } = subject()
      await ops.renewLease(cell.primary.near, order(), call())
      await cell.primary.freeze()
      const { value, tookMs } = await timed(() => rejection(ops.renewLease(cell.primary.near, order(), call(SHORT_MS))))
      await cell.primary.thaw()
      expect(value).toBeInstanceOf(OutcomeUnknown)
      expect(tookMs).toBeLessThan(SHORT_MS + OVERRUN_MS_MAX)
      await back()
    })
  })
}

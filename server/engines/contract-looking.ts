import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Endpoint, type EngineAdapter, type FailoverOps, NotDone } from './contract'
import { type ContractCell, call, OVERRUN_MS_MAX, SHORT_MS, timed } from './contract-cell'

type Subject = { cell: ContractCell; adapter: EngineAdapter; ops: FailoverOps; epoch: bigint }

/** Probes and observations: whatever a server does, they are results within the deadline. */
export function describeLooking(subject: () => Subject): void {
  describe('looking', () => {
    test('says what each member is, and where', async () => {
      const { adapter, cell, epoch } = subject()
      const primary = await adapter.observe(cell.primary.near, cell.scope, call())
      const standby = await adapter.observe(cell.standby.near, cell.scope, call())
      expect(primary).toMatchObject({
        reachable: true,
        role: 'primary',
        serverName: cell.primary.name,
        serverRegion: cell.primary.near.region,
        gate: { scope: cell.scope, region: cell.primary.near.region, epoch, status: 'WRITABLE' },
        standbys: [{ name: cell.standby.name }],
        unprotected: [],
        preparedTransactions: [],
        warnings: [],
      })
      expect(standby).toMatchObject({
        reachable: true,
        role: 'standby',
        receiver: { status: 'streaming' },
        standbys: [],
      })
      if (!primary.reachable || !standby.reachable) throw new Error('unreachable')
      expect(standby.systemIdentifier).toBe(primary.systemIdentifier)
      expect(standby.timeline).toBe(primary.timeline)
    })

    test('probes connect, write and read, and a standby refuses the write', async () => {
      const { adapter, cell, epoch } = subject()
      const command = { scope: cell.scope, epoch }
      for (const probe of ['connect', 'write', 'read'] as const) {
        expect(await adapter.probe(cell.primary.far, probe, command, call()), probe).toMatchObject({ outcome: 'ok' })
      }
      expect(await adapter.probe(cell.standby.near, 'write', command, call())).toMatchObject({ outcome: 'refused' })
    })

    test('a write probe with an old epoch is refused by the gate, and a heartbeat was left by the good one', async () => {
      const { adapter, cell, epoch } = subject()
      const stale = await adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch: epoch + 7n }, call())
      expect(stale).toMatchObject({ outcome: 'refused', sqlstate: 'HP001' })
      const report = await adapter.observe(cell.primary.near, cell.scope, call())
      expect(report.reachable && report.heartbeatAgeMs).toBeLessThan(60_000)
    })

    test('a server that does not answer is a result within the deadline, on a kept connection and on a new one', async () => {
      const { adapter, cell, epoch } = subject()
      await adapter.observe(cell.standby.near, cell.scope, call())
      await cell.standby.freeze()
      try {
        for (const target of [cell.standby.near, cell.standby.far]) {
          const { value, tookMs } = await timed(() => adapter.observe(target, cell.scope, call(SHORT_MS)))
          expect(value).toMatchObject({ reachable: false })
          expect(tookMs).toBeLessThan(SHORT_MS + OVERRUN_MS_MAX)
        }
        const probe = await adapter.probe(cell.standby.near, 'connect', { scope: cell.scope, epoch }, call(SHORT_MS))
        expect(probe).toMatchObject({ outcome: 'timeout' })
      } finally {
        await cell.standby.thaw()
      }
      expect(await adapter.observe(cell.standby.near, cell.scope, call())).toMatchObject({ reachable: true })
    })

    test('a frozen listener is unreachable to new connections while an open session still answers', async () => {
      const { adapter, cell, epoch } = subject()
      await adapter.probe(cell.primary.near, 'write', { scope: cell.scope, epoch }, call())
      await cell.primary.freezeListenerOnly()
      try {
        const command = { scope: cell.scope, epoch }
        expect(await adapter.probe(cell.primary.near, 'connect', command, call(SHORT_MS))).toMatchObject({
          outcome: 'timeout',
        })
        expect(await adapter.probe(cell.primary.near, 'write', command, call())).toMatchObject({ outcome: 'ok' })
      } finally {
        await cell.primary.thaw()
      }
    })

    test('an abort ends a call at once', async () => {
      const { adapter, cell } = subject()
      await cell.standby.freeze()
      try {
        const abort = new AbortController()
        const waiting = timed(() => adapter.observe(cell.standby.near, cell.scope, call(60_000, abort.signal)))
        abort.abort()
        expect((await waiting).tookMs).toBeLessThan(OVERRUN_MS_MAX)
      } finally {
        await cell.standby.thaw()
      }
    })

    test('the wrong server behind the right port is not used', async () => {
      const { adapter, cell, epoch, ops } = subject()
      const swapped: Endpoint = { ...cell.primary.near, host: cell.standby.near.host, port: cell.standby.near.port }
      expect(await adapter.observe(swapped, cell.scope, call())).toMatchObject({ reachable: false })
      const probe = await adapter.probe(swapped, 'read', { scope: cell.scope, epoch }, call())
      expect(probe).toMatchObject({ outcome: 'unreachable' })
      const open = ops.openGate(
        swapped,
        { scope: cell.scope, operationId: randomUUID(), leaseEpoch: 1n, epoch: 99n, region: swapped.region },
        call(),
      )
      await expect(open).rejects.toBeInstanceOf(NotDone)
    })
  })
}

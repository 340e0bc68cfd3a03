import { setTimeout as sleep } from 'node:timers/promises'
import { createPostgresAdapter } from '@/server/engines/postgres'
import { asAdmin, startGatedCell } from '@/server/engines/postgres/testing'
import type { Planting } from '../plant-sql'

const CALL_MS = 5_000
const POLL_MS = 100
const NOTICE_MS = 15_000
const BATCHES = 20

/** A standby that is cut off while its source goes on: whatever is shown must not call it near. */
export async function truthExperiment(planting: Planting): Promise<string[]> {
  const cell = await startGatedCell()
  const engine = createPostgresAdapter()
  const call = () => ({ timeoutMs: CALL_MS, signal: new AbortController().signal })
  try {
    await planting.gate(cell.fleet.primary.adminDsn)
    cell.blackHoleReplication()
    for (let batch = 0; batch < BATCHES; batch += 1)
      await asAdmin(
        cell.fleet.primary.adminDsn,
        'CREATE TABLE IF NOT EXISTS noise (n int); INSERT INTO noise SELECT generate_series(1, 1000)',
      )
    const giveUpAtMs = performance.now() + NOTICE_MS
    let says = ''
    while (performance.now() < giveUpAtMs) {
      const [source, standby] = await Promise.all([
        engine.observe(cell.primary.near, cell.scope, call()),
        engine.observe(cell.standby.near, cell.scope, call()),
      ])
      const lag = engine.decideLag(source, standby)
      if (lag.state !== 'streaming' && lag.bytes !== 0n) return []
      says = `${lag.state}, ${lag.bytes} bytes`
      await sleep(POLL_MS)
    }
    return [`I13: a standby that was cut off is shown as ${says} after ${NOTICE_MS} ms.`]
  } finally {
    await engine.close()
    await cell.stop()
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { leaseEndsAt } from '@/server/domain/write-leases'
import { LeasedCell, SCOPE } from '@/server/domain/write-leases/testing/leased-cell'
import type { Planting } from '../plant-sql'

const WATCHED_MS = 6_000
const POLL_MS = 20
const START_MS_MAX = 20_000

/** A leased cell that is renewed for some seconds: no end that its gate keeps to may lie beyond what the catalog granted. */
export async function leaseExperiment(planting: Planting): Promise<string[]> {
  const leased = await LeasedCell.start()
  try {
    await leased.reset()
    await planting.gate(leased.primary.adminDsn)
    await planting.catalog(leased.catalog.url)
    leased.renew()
    const giveUpAtMs = performance.now() + START_MS_MAX
    while (!(await leaseEndsAt(leased.db, SCOPE)) && performance.now() < giveUpAtMs) {
      await leased.leaseUntil()
      await sleep(POLL_MS)
    }
    for (const untilMs = performance.now() + WATCHED_MS; performance.now() < untilMs; await sleep(POLL_MS)) {
      await leased.leaseUntil()
      if (leased.beyondGrant.length > 0) break
    }
    return leased.beyondGrant.map((end) => `I1: a gate keeps to a lease that nobody granted: ${end}.`).slice(0, 1)
  } finally {
    await leased.stop()
  }
}

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'
import { readWorld } from './read-world'

let calm: CalmCatalog
beforeAll(async () => {
  calm = await startCalmCatalog()
  await calm.observe()
})
afterAll(() => calm?.stop())

/** What the application counted twenty seconds ago, by the catalog's clock. */
async function count(change: { writesAcked: number; failed: number; refused: object }): Promise<void> {
  const [now] = await calm.db.$queryRaw<{ at: Date }[]>`SELECT now() AS at`
  const bucketAt = new Date(now!.at.getTime() - 20_000)
  await calm.db.trafficSample.deleteMany()
  await calm.db.trafficSample.create({
    data: {
      ...{ bucketAt, userRegion: 'eu-west-1', cellId: 'sin', readsOk: 0, readsStale: 0 },
      ...{ writeLatency: {}, readLatency: {}, ...change },
    },
  })
}

test('the write rate of a minute in which most of what the application tried failed is not known', async () => {
  await count({ writesAcked: 120, failed: 3, refused: { STALE_SCOPE_EPOCH: 2 } })
  expect((await readWorld(calm.db, 'sin'))?.writesPerSecond).toBe(2)
  await count({ writesAcked: 12, failed: 400, refused: {} })
  expect((await readWorld(calm.db, 'sin'))?.writesPerSecond).toBeNull()
  await count({ writesAcked: 12, failed: 3, refused: { REGION_READ_ONLY: 200 } })
  const world = await readWorld(calm.db, 'sin')
  expect(world?.writesPerSecond).toBeNull()
  expect(world?.acknowledged.at(-1)).toMatchObject({ count: 12, failedCount: 203 })
})

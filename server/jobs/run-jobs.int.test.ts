import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { runJobs } from './run-jobs'

let catalog: TestCatalog
beforeAll(async () => {
  catalog = await startCatalog()
})
afterAll(() => catalog?.stop())

test('a scheduled job is known to the catalog once, however many workers schedule it, and stops cleanly', async () => {
  const job = { name: 'count', cron: '* * * * *', timeoutSeconds: 10, run: async () => ({ says: 'Counted.' }) }
  const workers = await Promise.all([runJobs(catalog.url, [job]), runJobs(catalog.url, [job])])
  const schedules = await catalog.db.$queryRaw<{ name: string }[]>`SELECT name FROM pgboss.schedule`
  expect(schedules).toEqual([{ name: 'count' }])
  await Promise.all(workers.map((worker) => worker.stop()))
})

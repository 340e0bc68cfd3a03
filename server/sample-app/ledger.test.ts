import { expect, test } from 'vitest'
import { createLedger } from './ledger'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 3, 0, seconds))

test('what could not be told is kept, and told in the order of its time', () => {
  const ledger = createLedger()
  for (const seconds of [1, 11, 21]) ledger.failed('eu-west-1', 'fra', at(seconds))
  const first = ledger.report()
  expect(first.buckets.map(({ bucketAt }) => bucketAt)).toEqual([0, 10, 20].map((s) => at(s).toISOString()))
  ledger.failed('eu-west-1', 'fra', at(22))
  ledger.delivered(first, at(21.5))
  expect(ledger.report().buckets).toMatchObject([{ bucketAt: at(20).toISOString(), failed: 2 }])
})

test('a long silence is told in parts that a report can hold', () => {
  const ledger = createLedger()
  for (let seconds = 0; seconds < 1_000; seconds += 10) ledger.failed('eu-west-1', 'fra', at(seconds))
  let told = 0
  for (let parts = 0; parts < 5; parts++) {
    const report = ledger.report()
    told += report.buckets.length
    ledger.delivered(report, at(2_000))
  }
  expect(told).toBe(100)
})

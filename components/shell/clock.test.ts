import { expect, test } from 'vitest'
import { ageOf, clockOffsetMs, learnServerClock } from './clock'

const now = Date.parse('2026-11-20T03:00:00.000Z')
const seenBefore = (ageMs: number | null, intervalMs = 2_000) => ({
  observedAt: ageMs === null ? null : new Date(now - ageMs).toISOString(),
  intervalMs,
})

test.each([
  ['never seen', null, 'unknown'],
  ['within twice the delivery interval', 20_000, 'fresh'],
  ['past twice', 20_001, 'stale'],
  ['at five times', 50_000, 'stale'],
  ['past five times', 50_001, 'last-known'],
])('%s', (_, ageMs, freshness) => expect(ageOf(seenBefore(ageMs), now).freshness).toBe(freshness))

test('a slower collector widens what counts as fresh', () => {
  expect(ageOf(seenBefore(100_000, 60_000), now).freshness).toBe('fresh')
})

test('an observation from the future has no negative age', () => {
  expect(ageOf(seenBefore(-400), now).ageMs).toBe(0)
})

test('the server’s clock is read in the middle of the round trip', () => {
  learnServerClock(10_500, 1_000, 2_000)
  expect(clockOffsetMs()).toBe(9_000)
})

import { expect, test } from 'vitest'
import { decideGathering } from './decide-gathering'

const now = new Date('2026-11-20T03:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)

test.each([
  ['the first of a cause waits a moment for others', { oldestAt: ago(0), newestAt: ago(0), lastSentAt: null }, 1_500],
  ['goes when none has come for a while', { oldestAt: ago(1_500), newestAt: ago(1_500), lastSentAt: null }, 0],
  ['goes on waiting while more come', { oldestAt: ago(5_000), newestAt: ago(100), lastSentAt: null }, 1_400],
  ['but never longer than the limit', { oldestAt: ago(10_000), newestAt: ago(0), lastSentAt: null }, 0],
  [
    'the next about the same cause waits for its turn',
    { oldestAt: ago(9_000), newestAt: ago(9_000), lastSentAt: ago(12_000) },
    18_000,
  ],
  ['and goes when that is over', { oldestAt: ago(9_000), newestAt: ago(9_000), lastSentAt: ago(30_000) }, 0],
])('%s', (_, gathering, waitMs) => {
  expect(decideGathering({ ...gathering, now })).toBe(waitMs)
})

import { expect, test } from 'vitest'
import { sayLostTime, sayStale } from './stale-words'

test.each([
  [null, null, 11.1, 'not read yet'],
  [0, 0, 11.1, 'none'],
  [66, 2, 11.1, 'at least 2 s, at most 11.1 s'],
  [66, 0, 11.1, 'at most 11.1 s'],
  [66, null, 11.1, 'at most 11.1 s'],
  [66, 2, null, 'at least 2 s'],
  [66, 0, null, 'not known'],
])('%j rows, at least %j s of %j s: %s', (lostWriteCount, actualSeconds, estimateSeconds, says) => {
  expect(sayLostTime({ lostWriteCount, loss: { actualSeconds, estimateSeconds } })).toBe(says)
})

test.each([
  ['0 rows were lost.', 0, '0 rows were lost.'],
  ['66 rows were lost.', 1, '66 rows were lost. 1 row waits for a decision.'],
  [null, 0, null],
])('%j with %j open: what was lost is said once', (says, openConflictCount, said) => {
  expect(sayStale({ says, openConflictCount })).toBe(said)
})

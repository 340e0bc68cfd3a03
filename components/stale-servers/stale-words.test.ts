import { expect, test } from 'vitest'
import { sayLostTime, sayMeaning, sayStale } from './stale-words'

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

test.each([
  ['PROVEN', null, 'Nobody hears it. It is closed by itself as soon as it answers.'],
  ['LEASE_EXPIRED', null, 'Nobody hears it. It is closed by itself as soon as it answers.'],
  [null, null, 'Nobody hears it. It is closed by itself as soon as it answers.'],
  ['POWERED_OFF', null, 'It is switched off, and stays off until somebody brings it back closed.'],
  ['POWERED_OFF', 'It is being brought back right now.', 'It is being brought back right now.'],
] as const)(
  'away and fenced by %j: it does not come back by itself when it was switched off',
  (strength, whyNot, says) => {
    const fence = strength && { strength, says: '', takenAt: '' }
    expect(sayMeaning({ status: 'away', fence, whyNotBringBack: whyNot })).toBe(says)
  },
)

test('how it was fenced no longer matters once it is back', () => {
  const fence = { strength: 'POWERED_OFF' as const, says: '', takenAt: '' }
  expect(sayMeaning({ status: 'closed', fence, whyNotBringBack: 'sin-1 is closed already.' })).toMatch(
    /^Its gate is closed\./,
  )
})

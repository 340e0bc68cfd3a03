import { expect, test } from 'vitest'
import { wordOfRequest } from './state-words'

test('what skipped its quorum is not called approved, and is not green', () => {
  expect(wordOfRequest({ status: 'consumed', isBreakGlass: false })).toEqual({
    status: 'ok',
    word: 'Approved and started',
  })
  expect(wordOfRequest({ status: 'consumed', isBreakGlass: true })).toEqual({
    status: 'warn',
    word: 'Started by break-glass',
  })
  expect(wordOfRequest({ status: 'expired', isBreakGlass: true }).word).toBe('Expired')
})

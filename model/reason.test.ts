import { expect, test } from 'vitest'
import { isReason, whyNotReason } from './reason'
import { Reason } from './schemas/common'

test.each(['', 'ok', '  ok  ', 'yes', ' a test '])('what a form says of %j is what the server would', (text) => {
  expect(isReason(text)).toBe(Reason.safeParse(text).success)
  expect(whyNotReason(text) === null).toBe(isReason(text))
})

test('the limit is said, not only held', () => {
  expect(whyNotReason('ok')).toBe('Give a reason of at least 3 characters.')
  expect(whyNotReason('ok', 'what you found')).toBe('Say what you found in at least 3 characters.')
})

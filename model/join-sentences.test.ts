import { expect, test } from 'vitest'
import { joinSentences } from './join-sentences'

test('equal sentences are said once, in the order in which they came', () => {
  expect(joinSentences([])).toBe('')
  expect(joinSentences(['B is silent.', 'A is late.', 'B is silent.'])).toBe('B is silent. A is late.')
})

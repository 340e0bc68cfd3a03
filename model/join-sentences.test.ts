import { expect, test } from 'vitest'
import { joinSentences } from './join-sentences'

test('equal sentences are said once, in the order in which they came', () => {
  expect(joinSentences([])).toBe('')
  expect(joinSentences(['B is silent.', 'A is late.', 'B is silent.'])).toBe('B is silent. A is late.')
})

test('what a person wrote may lack its full stop, and more is said after it', () => {
  expect(joinSentences(['An incident hold lies on cell syd: flood', 'B is silent.'])).toBe(
    'An incident hold lies on cell syd: flood. B is silent.',
  )
})

import { expect, test } from 'vitest'
import { regionWord } from './region-word'

test.each([
  ['ok', true, 'Healthy'],
  ['warn', true, 'Degraded'],
  ['warn', false, 'No writer'],
  ['crit', true, 'Trouble'],
  ['crit', false, 'Down'],
  ['unknown', false, 'Unknown'],
] as const)('%s, reached: %j, is %s', (status, isReached, word) => {
  expect(regionWord(status, isReached)).toBe(word)
})

import { expect, test } from 'vitest'
import { readinessOutcomes } from '@/model/schemas/readiness'
import { wordOfCheck } from './readiness-words'

test('one word has one colour, whatever the check', () => {
  const colours = new Map<string, Set<string>>()
  for (const outcome of readinessOutcomes)
    for (const isBlocking of [true, false]) {
      const { word, status } = wordOfCheck({ outcome, isBlocking })
      colours.set(word, (colours.get(word) ?? new Set()).add(status))
    }
  expect([...colours].filter(([, statuses]) => statuses.size > 1)).toEqual([])
})

test('nobody has drilled it: that is not a failure', () => {
  expect(wordOfCheck({ outcome: 'never-drilled', isBlocking: false })).toEqual({
    status: 'warn',
    word: 'Never drilled',
  })
})

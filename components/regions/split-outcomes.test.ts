import { expect, test } from 'vitest'
import { splitOutcomes } from './split-outcomes'

const saw = (region: string, outcome: string) => ({ region, outcome, detail: null, observedAt: null })

test('vantages that disagree are told apart, the failing ones first', () => {
  expect(
    splitOutcomes({ vantages: [saw('eu-west-1', 'ok'), saw('us-east-1', 'timeout'), saw('us-west-2', 'timeout')] }),
  ).toBe('Times out: us-east-1, us-west-2. Answers: eu-west-1.')
})

test('a vantage that was not asked says nothing about the server', () => {
  expect(splitOutcomes({ vantages: [saw('eu-west-1', 'unasked')] })).toBe('Not asked: eu-west-1.')
})

test('an outcome of a later version is shown by its name', () => {
  expect(splitOutcomes({ vantages: [saw('eu-west-1', 'quantum')] })).toBe('quantum: eu-west-1.')
})

test('a connection that was refused is told apart from one that nobody answered', () => {
  const refused = { ...saw('eu-west-1', 'unreachable'), detail: 'connect ECONNREFUSED 10.0.0.7:5432' }
  expect(splitOutcomes({ vantages: [refused, saw('us-east-1', 'unreachable')] })).toBe(
    'Connection refused: eu-west-1. Unreachable: us-east-1.',
  )
})

import { expect, test } from 'vitest'
import { splitOutcomes } from './split-outcomes'

const saw = (region: string, outcome: string) => ({ region, outcome, detail: null, observedAt: null })

test('vantages that disagree are told apart, the failing ones first', () => {
  expect(
    splitOutcomes({
      name: 'UnreachableFromHere',
      vantages: [saw('eu-west-1', 'ok'), saw('us-east-1', 'timeout'), saw('us-west-2', 'timeout')],
    }),
  ).toBe('Times out: us-east-1, us-west-2. Answers: eu-west-1.')
})

test('a vantage that was not asked says nothing about the server', () => {
  expect(splitOutcomes({ name: 'UnreachableFromHere', vantages: [saw('eu-west-1', 'unasked')] })).toBe(
    'Not asked: eu-west-1.',
  )
})

test('an outcome of a later version is shown by its name', () => {
  expect(splitOutcomes({ name: 'UnreachableFromHere', vantages: [saw('eu-west-1', 'quantum')] })).toBe(
    'quantum: eu-west-1.',
  )
})

test('of a server that is down its host refused every vantage, also where a relay cut the connection', () => {
  const cut = { ...saw('eu-west-1', 'unreachable'), detail: 'read ECONNRESET' }
  expect(splitOutcomes({ name: 'ServerDown', vantages: [cut] })).toBe('Refused by the host: eu-west-1.')
  expect(splitOutcomes({ name: 'ServerUnreachable', vantages: [cut] })).toBe('Unreachable: eu-west-1.')
})

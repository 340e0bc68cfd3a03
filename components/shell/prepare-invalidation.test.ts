import { expect, test } from 'vitest'
import { isConcerned } from './prepare-invalidation'

const key = (path: string) => [path.split('.'), { type: 'query' }]

test('an event reaches the queries of its topic and no others', () => {
  expect(isConcerned(key('requests.list'), new Set(['approvals']))).toBe(true)
  expect(isConcerned(key('session.shell'), new Set(['approvals']))).toBe(true)
  expect(isConcerned(key('network.matrix'), new Set(['approvals']))).toBe(false)
  expect(isConcerned(key('network.matrix'), new Set(['approvals', 'telemetry']))).toBe(true)
})

test('a resync reaches everything', () => {
  expect(isConcerned(key('audit.list'), new Set(['resync']))).toBe(true)
})

test('a key that is not ours is left alone', () => {
  expect(isConcerned(['theme'], new Set(['resync']))).toBe(false)
})

import { expect, test } from 'vitest'
import { lagFact } from './say-lag'

const observed = { lagBytes: '1200', heartbeatAgeMs: 420 }

test('a target behind a writer that is heard has a lag', () => {
  expect(lagFact({ kind: 'planned-switchover', observed })).toEqual(['Lag when planned', '1.2 kB, 420 ms'])
  expect(lagFact({ kind: 'planned-switchover', observed: { lagBytes: null, heartbeatAgeMs: null } })).toEqual([
    'Lag when planned',
    'bytes unknown, age unknown',
  ])
})

test('the target of a forced failover has none: its age counts from the end of its writer, and is no loss', () => {
  const dead = { lagBytes: null, heartbeatAgeMs: 130_000 }
  expect(lagFact({ kind: 'forced-failover', observed: dead })).toEqual([
    'Target when planned',
    'last heard of its writer 2 m 10 s before',
  ])
  expect(lagFact({ kind: 'forced-failover', observed: { lagBytes: null, heartbeatAgeMs: null } })).toEqual([
    'Target when planned',
    'when it last heard of its writer is not known',
  ])
})

test('a rebuild moves no writer, so that its lag says nothing', () => {
  expect(lagFact({ kind: 'reinstatement', observed })).toBeNull()
})

import { expect, test } from 'vitest'
import { acceptsWrites, decideFrozen, decideWriters, type WriterSight } from './decide-writers'

const NOW_MS = Date.parse('2026-11-20T03:00:00Z')

function writer(
  member: string,
  change: Partial<WriterSight> = {},
  gate: Partial<NonNullable<WriterSight['gate']>> = {},
): WriterSight {
  return {
    member,
    region: 'eu-west-1',
    role: 'primary',
    serverName: member,
    gate: { status: 'WRITABLE', epoch: 4n, server: member, region: 'eu-west-1', leaseUntil: null, ...gate },
    observedAt: new Date(NOW_MS),
    isLeftBehind: false,
    ...change,
  }
}

test.each<[string, WriterSight, boolean]>([
  ['a primary with its own open gate', writer('a'), true],
  ['a primary without any gate', writer('a', { gate: null }), true],
  ['a standby that has replayed an open gate', writer('a', { role: 'standby' }), false],
  ['a promoted neighbour in the same region, whose gate names the other', writer('a', {}, { server: 'b' }), false],
  ['a closed gate', writer('a', {}, { status: 'FENCED' }), false],
  ['a frozen gate', writer('a', {}, { status: 'FROZEN' }), false],
  ['a lease that lasts', writer('a', {}, { leaseUntil: new Date(NOW_MS + 1) }), true],
  ['a lease that is over', writer('a', {}, { leaseUntil: new Date(NOW_MS) }), false],
  ['a gate that names no server, in its own region', writer('a', {}, { server: null }), true],
  ['a gate that names no server, in another region', writer('a', {}, { server: null, region: 'us-east-1' }), false],
])('%s', (_, sight, accepts) => expect(acceptsWrites(sight)).toBe(accepts))

const names = (writers: readonly WriterSight[]) => writers.map(({ member }) => member)

test('two that were open both times were open at the same moment', () => {
  const both = [writer('a'), writer('b', {}, { epoch: 5n })]
  expect(names(decideWriters(both, both))).toEqual(['a', 'b'])
})

test('a switchover between two answers is not two writers', () => {
  const before = [writer('a'), writer('b', {}, { epoch: 5n })] // a was asked before its fence, b after its opening
  const after = [writer('a', {}, { status: 'FENCED', epoch: 5n }), writer('b', {}, { epoch: 5n })]
  expect(decideWriters(before, after)).toEqual([])
})

test('one that was closed and opened again at another epoch in between proves nothing', () => {
  const first = [writer('a'), writer('b')]
  expect(decideWriters(first, [writer('a'), writer('b', {}, { epoch: 6n })])).toEqual([])
})

test('one that did not answer twice is not counted', () => {
  expect(decideWriters([writer('a'), writer('b')], [writer('a')])).toEqual([])
})

const catalog = { activeMember: 'b', activeEpoch: 5n }
const rightful = writer('b', {}, { epoch: 5n })

test('nobody knows which of two is right: both are frozen', () => {
  expect(names(decideFrozen([writer('a'), rightful], catalog))).toEqual(['a', 'b'])
})

test('what a failover left behind is frozen alone: its successor goes on', () => {
  expect(names(decideFrozen([writer('a', { isLeftBehind: true }), rightful], catalog))).toEqual(['a'])
})

test('a successor at another epoch than the catalog’s is not spared', () => {
  const other = writer('b', {}, { epoch: 6n })
  expect(names(decideFrozen([writer('a', { isLeftBehind: true }), other], catalog))).toEqual(['a', 'b'])
})

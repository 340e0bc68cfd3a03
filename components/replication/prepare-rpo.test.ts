import { expect, test } from 'vitest'
import type { FindingName } from '@/model/findings'
import type { Lag } from '@/model/schemas/estate'
import { prepareRpo, sayNotHeard, silentWriters } from './prepare-rpo'

const nowMs = Date.parse('2026-11-20T03:00:00Z')
const lag = (targetMember: string, heartbeatAgeMs: number | null, change: Partial<Lag> = {}): Lag => ({
  sourceMember: 'sin-1',
  targetMember,
  sourceRegion: 'ap-southeast-1',
  targetRegion: 'ap-southeast-2',
  cellId: 'sin',
  state: 'streaming',
  bytes: heartbeatAgeMs === null ? null : String(heartbeatAgeMs * 10),
  heartbeatAgeMs,
  engineLagMs: null,
  lagMsMax: 5_000,
  staleServerId: null,
  status: 'ok',
  seen: { observedAt: new Date(nowMs - 3_000).toISOString(), vantage: null, intervalMs: 2_000 },
  ...change,
})

test('the worst standby speaks, never an average', () => {
  expect(prepareRpo([lag('a', 10), lag('b', 9_000)], [], nowMs)).toMatchObject({
    worst: { member: 'b', lagMs: 9_000 },
    worstBacklog: { member: 'b', bytes: '90000' },
    overLimit: ['b'],
  })
})

test('a standby that is not heard is named, and its last number is left out', () => {
  const old = { observedAt: new Date(nowMs - 600_000).toISOString(), vantage: null, intervalMs: 2_000 }
  const rpo = prepareRpo([lag('a', 10), lag('b', 9_000, { seen: old }), lag('c', null)], [], nowMs)
  expect(rpo).toMatchObject({ worst: { member: 'a' }, notHeard: ['b', 'c'], heardCount: 1, count: 3 })
})

test('a stale number is not heard: it may have grown since', () => {
  const stale = { observedAt: new Date(nowMs - 37_000).toISOString(), vantage: null, intervalMs: 2_000 }
  const rpo = prepareRpo([lag('a', 10), lag('b', 9_000, { seen: stale })], [], nowMs)
  expect(rpo).toMatchObject({ worst: { member: 'a' }, overLimit: [], notHeard: ['b'], heardCount: 1 })
  expect(prepareRpo([lag('b', 9_000, { seen: stale })], [], nowMs)).toMatchObject({ worst: null, worstBacklog: null })
})

test('when none is heard there is no number', () => {
  expect(prepareRpo([lag('c', null)], [], nowMs)).toMatchObject({ worst: null, worstBacklog: null, heardCount: 0 })
})

test('a standby whose number has grown old does not report, although it has a number', () => {
  const stale = { observedAt: new Date(nowMs - 37_000).toISOString(), vantage: null, intervalMs: 2_000 }
  expect(sayNotHeard([lag('a', 10), lag('b', 20)], nowMs)).toBeNull()
  expect(sayNotHeard([lag('a', 10), lag('b', 20, { seen: stale }), lag('c', null)], nowMs)).toBe(
    '1/3 standbys reporting (missing b, c)',
  )
})

test('a backlog that nobody knows is named, and the largest of the others is the least that it can be', () => {
  expect(prepareRpo([lag('a', 10), lag('b', 20, { bytes: null })], [], nowMs)).toMatchObject({
    worstBacklog: { member: 'a' },
    unknownBacklog: ['b'],
    notHeard: [],
  })
  expect(prepareRpo([lag('b', 20, { bytes: null })], [], nowMs)).toMatchObject({ worstBacklog: null })
})

test('a heartbeat that grows old because its writer is dead is no loss', () => {
  const silent = [{ cellId: 'iad', member: 'iad-1', why: 'does not answer' }]
  const rpo = prepareRpo([lag('sin-2', 10), lag('iad-2', 20_600, { cellId: 'iad' })], silent, nowMs)
  expect(rpo).toMatchObject({
    worst: { member: 'sin-2', lagMs: 10 },
    worstBacklog: { member: 'sin-2' },
    overLimit: [],
    unbounded: ['iad-2'],
    notHeard: [],
    heardCount: 2,
  })
})

const cellWhoseWriterIs = (name: FindingName) => ({
  id: 'iad',
  activeMember: 'iad-1',
  members: [{ id: 'iad-1', finding: { name } }],
})

test.each([
  ['ServerHealthy', []],
  ['UnreachableFromHere', []],
  ['ServerDown', [{ cellId: 'iad', member: 'iad-1', why: 'does not answer' }]],
  ['ServerUnreachable', [{ cellId: 'iad', member: 'iad-1', why: 'does not answer' }]],
  ['RefusingWrites', [{ cellId: 'iad', member: 'iad-1', why: 'takes no writes' }]],
] as const)('a writer that is %s', (name, silent) => {
  expect(silentWriters([cellWhoseWriterIs(name)])).toEqual(silent)
})

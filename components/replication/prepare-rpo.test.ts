import { expect, test } from 'vitest'
import type { Lag } from '@/model/schemas/estate'
import { prepareRpo, sayNotHeard } from './prepare-rpo'

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
  expect(prepareRpo([lag('a', 10), lag('b', 9_000)], nowMs)).toMatchObject({
    worst: { member: 'b', lagMs: 9_000 },
    worstBacklog: { member: 'b', bytes: '90000' },
    overLimit: ['b'],
  })
})

test('a standby that is not heard is named, and its last number is left out', () => {
  const old = { observedAt: new Date(nowMs - 600_000).toISOString(), vantage: null, intervalMs: 2_000 }
  const rpo = prepareRpo([lag('a', 10), lag('b', 9_000, { seen: old }), lag('c', null)], nowMs)
  expect(rpo).toMatchObject({ worst: { member: 'a' }, notHeard: ['b', 'c'], heardCount: 1, count: 3 })
})

test('a stale number is not heard: it may have grown since', () => {
  const stale = { observedAt: new Date(nowMs - 37_000).toISOString(), vantage: null, intervalMs: 2_000 }
  const rpo = prepareRpo([lag('a', 10), lag('b', 9_000, { seen: stale })], nowMs)
  expect(rpo).toMatchObject({ worst: { member: 'a' }, overLimit: [], notHeard: ['b'], heardCount: 1 })
  expect(prepareRpo([lag('b', 9_000, { seen: stale })], nowMs)).toMatchObject({ worst: null, worstBacklog: null })
})

test('when none is heard there is no number', () => {
  expect(prepareRpo([lag('c', null)], nowMs)).toMatchObject({ worst: null, worstBacklog: null, heardCount: 0 })
})

test('a standby whose number has grown old does not report, although it has a number', () => {
  const stale = { observedAt: new Date(nowMs - 37_000).toISOString(), vantage: null, intervalMs: 2_000 }
  expect(sayNotHeard([lag('a', 10), lag('b', 20)], nowMs)).toBeNull()
  expect(sayNotHeard([lag('a', 10), lag('b', 20, { seen: stale }), lag('c', null)], nowMs)).toBe(
    '1/3 standbys reporting (missing b, c)',
  )
})

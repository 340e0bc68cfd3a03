import { expect, test } from 'vitest'
import type { Status } from '@/model/observations'
import type { LiveState } from './live-state'
import { agedStatus, emptyNow, heardStatus, worstFirst } from './status-now'

test('good news expires with its observation, bad news does not', () => {
  expect(agedStatus('ok', 'fresh')).toBe('ok')
  expect(agedStatus('ok', 'stale')).toBe('unknown')
  expect(agedStatus('ok', 'last-known')).toBe('unknown')
  expect(agedStatus('ok', 'unknown')).toBe('unknown')
  expect(agedStatus('warn', 'stale')).toBe('warn')
  expect(agedStatus('crit', 'stale')).toBe('crit')
  expect(agedStatus('warn', 'unknown')).toBe('unknown')
  expect(agedStatus('crit', 'last-known')).toBe('crit')
})

test('unknown comes right after down', () => {
  const all: Status[] = ['ok', 'active', 'warn', 'unknown', 'crit']
  expect(all.sort(worstFirst)).toEqual(['crit', 'unknown', 'warn', 'active', 'ok'])
})

const live: LiveState = { connection: 'live', isCatalogLost: false, isPaused: false, heldCount: 0 }
const lost: LiveState = { ...live, connection: 'lost' }
const noCatalog: LiveState = { ...live, isCatalogLost: true }

test('a verdict is not green beside a lost connection, and bad news stays', () => {
  expect(heardStatus('ok', 'fresh', live)).toBe('ok')
  expect(heardStatus('ok', 'fresh', lost)).toBe('unknown')
  expect(heardStatus('ok', 'fresh', noCatalog)).toBe('unknown')
  expect(heardStatus('crit', 'fresh', lost)).toBe('crit')
  expect(heardStatus('warn', 'last-known', lost)).toBe('unknown')
})

const nowMs = Date.parse('2026-11-20T03:00:00Z')
const fetched = (agoMs: number | null) => ({
  hasFailed: false,
  fetchedAtMs: agoMs === null ? null : nowMs - agoMs,
  seen: null,
})
const observed = (agoMs: number) => ({
  ...fetched(0),
  seen: { observedAt: new Date(nowMs - agoMs).toISOString(), vantage: null, intervalMs: 2_000 },
})

test.each<[string, Parameters<typeof emptyNow>[0], LiveState, boolean]>([
  ['hours old while every change is heard', fetched(7_200_000), live, true],
  ['new, but the newest call failed', { ...fetched(1_000), hasFailed: true }, live, false],
  ['new, but the connection is lost', fetched(1_000), lost, false],
  ['new, but the catalog is lost', fetched(1_000), noCatalog, false],
  ['new, before the stream stands', fetched(1_000), { ...live, connection: 'connecting' }, true],
  ['old, before the stream stands', fetched(60_000), { ...live, connection: 'connecting' }, false],
  ['old, while updates are paused', fetched(60_000), { ...live, isPaused: true }, false],
  ['of an unknown age, before the stream stands', fetched(null), { ...live, connection: 'connecting' }, false],
  ['from a fresh observation', observed(5_000), live, true],
  ['from an old observation, however newly fetched', observed(60_000), live, false],
])('an empty list %s', (_, answer, state, isCurrent) => {
  expect(emptyNow(answer, state, nowMs).isCurrent).toBe(isCurrent)
})

test('the age of an empty list is that of its observation, else that of its fetch', () => {
  expect(emptyNow(observed(60_000), lost, nowMs).ageMs).toBe(60_000)
  expect(emptyNow(fetched(9_000), lost, nowMs).ageMs).toBe(9_000)
  expect(emptyNow(fetched(null), lost, nowMs).ageMs).toBeNull()
})

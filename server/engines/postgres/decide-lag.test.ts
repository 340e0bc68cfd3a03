import { expect, test } from 'vitest'
import type { MemberFacts, MemberReport } from '@/server/engines/contract'
import { decideLag } from './decide-lag'

const facts: MemberFacts = {
  role: 'primary',
  systemIdentifier: '7710111512381261398',
  timeline: 1,
  lsn: '0/1000',
  receivedLsn: null,
  receiver: null,
  standbys: [{ name: 'jkt-2', state: 'streaming', replayLsn: '0/1000', replayLagMs: 3, sync: 'async' }],
  gate: null,
  heartbeatAgeMs: 20,
  heartbeatAt: null,
  preparedTransactions: [],
  unprotected: [],
  warnings: [],
  serverVersion: '18.4',
  serverName: 'jkt-1',
  serverRegion: 'ap-southeast-3',
  clockSkewMs: 0,
  sizeBytes: 1n,
}

const source = (change: Partial<MemberFacts> = {}): MemberReport => ({ reachable: true, ...facts, ...change })
const streaming = { status: 'streaming', upstreamPort: 1, lastMessageAgeMs: 10 }
const standby = (change: Partial<MemberFacts> = {}): MemberReport => ({
  reachable: true,
  ...facts,
  role: 'standby',
  serverName: 'jkt-2',
  receivedLsn: '0/1000',
  receiver: streaming,
  standbys: [],
  heartbeatAgeMs: 30,
  heartbeatAt: null,
  ...change,
})
const away: MemberReport = { reachable: false, detail: 'No answer within 300 ms.' }

test('a standby that follows says zero bytes', () =>
  expect(decideLag(source(), standby())).toMatchObject({ state: 'streaming', bytes: 0n, engineLagMs: 3 }))

test('bytes are the distance to what the source has flushed, not to what was received', () =>
  expect(decideLag(source({ lsn: '0/1800' }), standby())).toMatchObject({ state: 'streaming', bytes: 0x800n }))

test.each([
  ['has no receiver', { receiver: null }],
  ['waits for its source', { receiver: { ...streaming, status: 'waiting' } }],
  ['has heard nothing for long', { receiver: { ...streaming, lastMessageAgeMs: 60_000 } }],
  ['has never heard anything', { receiver: { ...streaming, lastMessageAgeMs: null } }],
])('a standby that %s is cut off, never zero bytes behind', (_, change) => {
  expect(decideLag(source(), standby(change))).toMatchObject({ state: 'disconnected', bytes: null, engineLagMs: null })
  expect(decideLag(source({ lsn: '0/1800' }), standby(change))).toMatchObject({ state: 'disconnected', bytes: 0x800n })
})

test.each([
  ['the standby does not answer', source(), away],
  ['the standby is a primary', source(), source({ serverName: 'jkt-2' })],
  ['the standby is of another family', source(), standby({ systemIdentifier: '1' })],
  ['the standby stands on another timeline', source({ timeline: 2 }), standby()],
])('nothing is known when %s', (_, from, to) =>
  expect(decideLag(from, to)).toMatchObject({ state: 'unknown', bytes: null, engineLagMs: null }),
)

test('silence is a cut sooner when the source has something to say', () => {
  const silent = standby({ receiver: { ...streaming, lastMessageAgeMs: 4_000 } })
  expect(decideLag(source(), silent)).toMatchObject({ state: 'streaming', bytes: 0n })
  expect(decideLag(source({ lsn: '0/1800' }), silent)).toMatchObject({ state: 'disconnected', bytes: 0x800n })
})

test('without its source the distance is not known, and is not zero', () =>
  expect(decideLag(away, standby())).toMatchObject({ state: 'streaming', bytes: null, heartbeatAgeMs: 30 }))

test('a standby that fetches history is catching up', () => {
  const listed = { name: 'jkt-2', state: 'catchup', replayLsn: null, replayLagMs: null, sync: 'async' }
  expect(decideLag(source({ standbys: [listed] }), standby())).toMatchObject({ state: 'catching-up' })
  expect(decideLag(source({ lsn: '1/0' }), standby())).toMatchObject({ state: 'catching-up' })
})

test('an idle source measures nothing, which is not zero', () => {
  const listed = { name: 'jkt-2', state: 'streaming', replayLsn: '0/1000', replayLagMs: null, sync: 'async' }
  expect(decideLag(source({ standbys: [listed] }), standby()).engineLagMs).toBeNull()
})

test('a standby asked a moment later than its source is not ahead of it', () =>
  expect(decideLag(source(), standby({ lsn: '0/1001' })).bytes).toBe(0n))

test('the difference of two clocks is not lag', () => {
  const late = standby({ clockSkewMs: 7_200_000, heartbeatAgeMs: 7_200_030 })
  expect(decideLag(source(), late).heartbeatAgeMs).toBe(30)
})

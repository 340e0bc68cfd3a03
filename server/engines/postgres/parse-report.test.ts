import { expect, test } from 'vitest'
import { parseReport } from './parse-report'

const settings = {
  fsync: 'on',
  fullPageWrites: 'on',
  synchronousCommit: 'on',
  synchronousStandbyNames: '',
  overrides: [] as { of: string; value: string }[],
}
const report = {
  isStandby: false,
  systemIdentifier: '18446744073709551615',
  timeline: 3,
  lsn: '16/B374D848',
  receivedLsn: null,
  receiver: null,
  standbys: [{ name: 'jkt-2', state: 'streaming', replayLsn: null, replayLagMs: null, sync: 'async' }],
  preparedTransactions: [],
  gate: {
    scope: 'cell:jkt',
    region: 'ap-southeast-3',
    server: 'homeport/jkt-1/ap-southeast-3',
    epoch: '9007199254740993',
    status: 'FENCED',
    operationId: null,
    leaseUntilMs: 1_780_000_000_123.456,
  },
  heartbeatAgeMs: null,
  heartbeatAtMs: null,
  unprotected: [],
  settings,
  serverVersion: '18.4',
  serverName: 'homeport/jkt-1/ap-southeast-3',
  sizeBytes: '9007199254740993',
  nowMs: 1_000_150,
}
const asked = { askedAtMs: 1_000_000, tookMs: 100 }
const parse = (change: object = {}) => parseReport(JSON.stringify({ ...report, ...change }), asked)

test('keeps 64 bits, unknown values as null, and the server’s own name and region', () => {
  expect(parse()).toMatchObject({
    role: 'primary',
    systemIdentifier: '18446744073709551615',
    gate: { epoch: 9007199254740993n, status: 'FENCED', server: 'jkt-1', leaseUntil: new Date(1_780_000_000_123) },
    sizeBytes: 9007199254740993n,
    heartbeatAgeMs: null,
    serverName: 'jkt-1',
    serverRegion: 'ap-southeast-3',
    warnings: [],
  })
})

test('takes half of the round trip as the way there', () => expect(parse()?.clockSkewMs).toBe(100))

test('a server without a name of our form has no region', () =>
  expect(parse({ serverName: 'main' })).toMatchObject({ serverName: 'main', serverRegion: null }))

test.each([
  ['fsync off', { fsync: 'off' }, ['fsync is off']],
  ['full_page_writes off', { fullPageWrites: 'off' }, ['full_page_writes is off']],
  ['commits that do not wait for the disk', { synchronousCommit: 'off' }, ['synchronous_commit is off for the server']],
  [
    'a role of its own mind',
    { overrides: [{ of: 'role app', value: 'off' }] },
    ['synchronous_commit is off for role app'],
  ],
  ['"local" with no synchronous standby', { synchronousCommit: 'local' }, []],
  [
    '"local" although a standby should confirm',
    { synchronousStandbyNames: 'jkt-2', overrides: [{ of: 'role app', value: 'local' }] },
    ['synchronous_commit is local for role app'],
  ],
])('warns of %s', (_, change, warnings) => {
  const found = parse({ settings: { ...settings, ...change } })
  expect(found?.warnings).toEqual(warnings.map((text) => expect.stringContaining(text)))
})

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['null', 'null'],
  ['a list', '[]'],
  ['another shape', '{"isStandby": true}'],
  ['a position that is none', JSON.stringify({ ...report, lsn: '0/ZZ' })],
  ['a status that is none', JSON.stringify({ ...report, gate: { ...report.gate, status: 'OPEN' } })],
  ['a lease without an instant', JSON.stringify({ ...report, gate: { ...report.gate, leaseUntilMs: 'infinity' } })],
  ['a lease beyond all dates', JSON.stringify({ ...report, gate: { ...report.gate, leaseUntilMs: 1e300 } })],
  ['an epoch that is a number', JSON.stringify({ ...report, gate: { ...report.gate, epoch: 7 } })],
  ['more than a list may hold', JSON.stringify({ ...report, unprotected: Array.from({ length: 101 }, () => 't') })],
])('%s is no report', (_, text) => expect(parseReport(text, asked)).toBeNull())

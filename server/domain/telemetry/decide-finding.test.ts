import { describe, expect, test } from 'vitest'
import { type FindingName, findings } from '@/model/findings'
import type { ProbeKind, ProbeOutcome, ProbeReach } from '@/model/observations'
import { Finding } from '@/model/schemas/plans'
import { decideFinding, type FindingSight } from './decide-finding'
import type { ProbeSeen } from './read-latest'

const nowMs = Date.parse('2026-11-20T03:14:22Z')
const ago = (ms: number) => new Date(nowMs - ms)
const VANTAGES = ['ap-southeast-1', 'eu-west-1', 'us-east-1'] as const
const HOME = 'ap-southeast-1'

type Answer = {
  outcome: ProbeOutcome
  reach?: ProbeReach
  sinceMs?: number
  seenMs?: number
  okMs?: number
  detail?: string
}
const ok: Answer = { outcome: 'ok' }
const refused: Answer = { outcome: 'unreachable', reach: 'refused', sinceMs: 3_000 }
const silent: Answer = { outcome: 'timeout', reach: 'nothing', sinceMs: 4_000 }
const hung: Answer = { outcome: 'timeout', reach: 'accepted', sinceMs: 4_000 }

function probe(vantageRegion: string, kind: ProbeKind, answer: Answer): ProbeSeen {
  return {
    ...{ vantageRegion, memberId: 'sin-1', kind, outcome: answer.outcome, reach: answer.reach ?? null },
    ...{ latencyMs: null, detail: answer.detail ?? null, lastOkMs: null },
    lastOkAt: answer.okMs === undefined ? null : ago(answer.okMs),
    observedAt: ago(answer.seenMs ?? 1_000),
    outcomeSince: ago(answer.sinceMs ?? 60_000),
  }
}

/** Each vantage reads alike, and writes as `writes` says. */
function everywhere(reads: Answer, { writes = reads }: { writes?: Answer | null } = {}): ProbeSeen[] {
  return VANTAGES.flatMap((vantage) => [
    probe(vantage, 'read', reads),
    ...(writes ? [probe(vantage, 'write', writes)] : []),
  ])
}

const primary: FindingSight['member'] = {
  ...{ id: 'sin-1', region: HOME, isActive: true, state: 'reachable', role: 'primary' },
  ...{ gateStatus: 'WRITABLE', gateEpoch: 7n, gateRegion: HOME, leaseUntil: null, unprotected: [] },
  ...{ systemIdentifier: '73', timeline: 1, lsn: '0/5000148', receiverStatus: null },
  observedAt: ago(1_000),
}
const standby: FindingSight['member'] = {
  ...primary,
  ...{ id: 'sin-2', region: 'eu-west-1', isActive: false, role: 'standby', receiverStatus: 'streaming' },
}
const away = { state: 'unreachable', role: null, gateStatus: null, gateEpoch: null, gateRegion: null } as const

function sight(change: Partial<FindingSight> = {}): FindingSight {
  return {
    ...{ member: primary, epochChangedAt: ago(3_600_000), leftAt: null, closeVantages: [HOME] },
    ...{ probes: everywhere(ok), others: [standby] },
    ...change,
  }
}
const dark = (probes: ProbeSeen[], change: Partial<FindingSight> = {}) =>
  sight({ member: { ...primary, ...away }, probes, ...change })
const follower = (change: Partial<FindingSight['member']>, rest: Partial<FindingSight> = {}) =>
  sight({ member: { ...standby, ...change }, others: [primary], probes: everywhere(ok, { writes: null }), ...rest })
const mixed = (answers: Answer[]) => VANTAGES.map((vantage, index) => probe(vantage, 'read', answers[index]!))

const cases: [FindingName, string, FindingSight, RegExp][] = [
  [
    'NotObserved',
    'nobody has looked',
    dark([], { member: { ...primary, ...away, observedAt: ago(60_000) } }),
    /recently/,
  ],
  [
    'NotObserved',
    'all looks are old',
    dark(everywhere({ ...silent, seenMs: 60_000 }), { member: { ...primary, observedAt: ago(60_000) } }),
    /recently/,
  ],
  [
    'NotObserved',
    'the console could not ask',
    dark(everywhere({ outcome: 'unasked' }), { member: { ...primary, observedAt: ago(60_000) } }),
    /recently/,
  ],
  ['ServerHealthy', 'it answers and takes writes', sight(), /answers 3 vantages and takes writes/],
  ['ServerHealthy', 'it is a standby that answers', follower({}), /answers as a standby/],
  [
    'ServerHealthy',
    'the console is cut off, and every vantage writes',
    sight({ member: { ...primary, ...away } }),
    /takes writes/,
  ],
  [
    'ServerDown',
    'its host refuses every vantage',
    dark(everywhere(refused)),
    /refuses 3 vantages at once since 03:14:19Z/,
  ],
  ['ServerUnreachable', 'nobody gets an answer', dark(everywhere(silent)), /may still take writes/],
  [
    'ServerUnreachable',
    'some are refused and some get nothing',
    dark(mixed([refused, silent, silent])),
    /No vantage of 3/,
  ],
  ['ServerUnreachable', 'only relays refuse', dark(everywhere(refused), { closeVantages: [] }), /No vantage of 3/],
  ['ServerUnreachable', 'only relays accept', dark(everywhere(hung), { closeVantages: [] }), /No vantage of 3/],
  [
    'ServerUnreachable',
    'accepted and broken off',
    dark(everywhere({ ...refused, reach: 'accepted' })),
    /No vantage of 3/,
  ],
  [
    'UnreachableFromHere',
    'one vantage is cut off',
    sight({ probes: mixed([ok, refused, ok]) }),
    /2 of 3 vantages: eu-west-1 cannot/,
  ],
  ['UnreachableFromHere', 'all but one are cut off', dark(mixed([ok, silent, refused])), /1 of 3 vantages/],
  ['ServerFrozen', 'it accepts and never answers', dark(everywhere(hung)), /accepts connections and answers none of 3/],
  [
    'ServerFrozen',
    'its listener is stopped and old sessions go on writing',
    sight({ probes: [...everywhere(ok), probe('eu-west-1', 'connect', { ...hung, seenMs: 2_000 })] }),
    /sessions that were open before still work/,
  ],
  [
    'RefusingWrites',
    'its gate is closed',
    sight({ member: { ...primary, gateStatus: 'FENCED' }, probes: everywhere(ok, { writes: { outcome: 'refused' } }) }),
    /is FENCED/,
  ],
  [
    'RefusingWrites',
    'its lease ran out',
    sight({ member: { ...primary, leaseUntil: ago(1) }, probes: everywhere(ok, { writes: null }) }),
    /lease of sin-1 ran out/,
  ],
  [
    'RefusingWrites',
    'it answers with errors alone',
    dark(everywhere({ outcome: 'error', detail: 'starting up' })),
    /starting up/,
  ],
  [
    'StandbyInsteadOfPrimary',
    'it is in recovery',
    sight({ member: { ...primary, role: 'standby' } }),
    /is in recovery/,
  ],
  [
    'WrongServer',
    'another name answers',
    dark(everywhere({ outcome: 'unreachable', reach: 'stranger', detail: 'Another server answers for sin-1.' })),
    /Another server/,
  ],
  ['WrongServer', 'another family answers', follower({ systemIdentifier: '99' }), /another database family/],
  ['TimelineDiverged', 'it followed another promotion', follower({ timeline: 2, lsn: '9/0' }), /timeline 2/],
  [
    'StaleEpochServer',
    'a failover left it behind',
    follower({ role: 'primary', gateStatus: 'FENCED' }, { leftAt: ago(172_000) }),
    /former primary/,
  ],
  [
    'StaleEpochServer',
    'it is a closed primary of before',
    follower({ role: 'primary', gateStatus: 'FENCED' }),
    /gate is FENCED at epoch 7/,
  ],
  [
    'TwoWriters',
    'two take writes',
    sight({ others: [{ ...standby, role: 'primary', gateRegion: 'eu-west-1' }] }),
    /sin-1 and sin-2 take writes/,
  ],
]

describe('a server', () => {
  test.each(cases)('is %s when %s', (name, _, seen, says) => {
    const finding = decideFinding(seen, nowMs)
    expect(finding).toMatchObject({ name, says: expect.stringMatching(says) })
    expect(Finding.parse(finding)).toEqual(finding)
  })

  test('can be each of the findings', () => {
    expect(new Set(cases.map(([name]) => name))).toEqual(new Set(Object.keys(findings)))
  })
})

test('a vantage that was cut off while it tried to connect says nothing of the listener once it reads again', () => {
  const probes = [
    ...everywhere(ok).filter((read) => read.vantageRegion !== 'eu-west-1'),
    probe('eu-west-1', 'connect', { ...hung, seenMs: 8_000, sinceMs: 8_000 }),
    probe('eu-west-1', 'read', { ...ok, seenMs: 500, sinceMs: 6_000 }),
  ]
  expect(decideFinding(sight({ probes }), nowMs).name).toBe('ServerHealthy')
})

test('a listener that answered another vantage since is not stopped', () => {
  const probes = [
    ...everywhere(ok),
    probe('eu-west-1', 'connect', { ...hung, seenMs: 2_000, sinceMs: 2_000 }),
    probe('us-east-1', 'connect', { ...ok, seenMs: 1_500 }),
  ]
  expect(decideFinding(sight({ probes }), nowMs).name).toBe('ServerHealthy')
})

test('a write that was refused before the epoch began says nothing of this one', () => {
  const probes = everywhere(ok, { writes: { outcome: 'refused', seenMs: 2_000 } })
  expect(decideFinding(sight({ probes, epochChangedAt: ago(1_500) }), nowMs).name).toBe('ServerHealthy')
})

test('what all vantages agree on began after the last answer that any of them had, not when the first was cut off', () => {
  const cutOff: Answer = { ...refused, sinceMs: 9_000, okMs: 11_000 }
  const probes = mixed([
    cutOff,
    { ...refused, sinceMs: 5_000, okMs: 6_500 },
    { ...refused, sinceMs: 4_500, okMs: 6_000 },
  ])
  expect(decideFinding(dark(probes), nowMs)).toMatchObject({ name: 'ServerDown', since: ago(5_000).toISOString() })
  const answering: Answer = { outcome: 'error', sinceMs: 3_000, seenMs: 500 }
  expect(decideFinding(dark(mixed([cutOff, refused, answering])), nowMs)).toMatchObject({
    name: 'UnreachableFromHere',
    since: ago(9_000).toISOString(),
  })
})

test('a vantage whose answer changed its wording during the outage does not make the outage younger', () => {
  const probes = mixed([
    { ...silent, sinceMs: 60_000, okMs: 62_000 },
    { ...silent, sinceMs: 61_000, okMs: 62_500 },
    { ...silent, outcome: 'unreachable', sinceMs: 4_000, okMs: 62_000 },
  ])
  expect(decideFinding(dark(probes), nowMs).since).toBe(ago(61_000).toISOString())
})

test('a server that a failover left behind is stale since then', () => {
  const left = follower({ role: 'primary', gateStatus: 'FENCED' }, { leftAt: ago(172_000) })
  expect(decideFinding(left, nowMs)).toMatchObject({ name: 'StaleEpochServer', since: ago(172_000).toISOString() })
})

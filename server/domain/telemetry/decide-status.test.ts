import { describe, expect, test } from 'vitest'
import type { OperationState } from '@/model/states'
import { type CellSight, decideCellStatus } from './decide-cell-status'
import { decideLagStatus } from './decide-lag-status'
import { decideAsymmetric, decideLinkState, type LinkSight } from './decide-link-state'
import { decideMemberStatus, type MemberSight } from './decide-member-status'
import { decideRegionStatus, type VantageSight } from './decide-region-status'
import { decideWorstStatus } from './decide-worst-status'

const now = new Date('2026-11-20T03:14:22Z')
const nowMs = now.getTime()
const ago = (ms: number) => new Date(nowMs - ms)

describe('a region', () => {
  const sight = (vantage: string, change: Partial<VantageSight> = {}): VantageSight => ({
    vantage,
    outcome: 'ok',
    since: ago(3_600_000),
    observedAt: ago(1_000),
    lastAnswerAt: null,
    answering: ['r-1'],
    failing: [],
    ...change,
  })
  const halfDark = sight('a', {
    answering: ['sin-2'],
    failing: [{ memberId: 'syd-1', outcome: 'timeout', since: ago(60_000), lastAnswerAt: ago(62_000) }],
  })
  const dark: Partial<VantageSight> = { outcome: 'unreachable', since: new Date('2026-11-20T03:07:41Z') }

  test.each<[string, VantageSight[], string, string]>([
    ['is ok when every vantage gets an answer', [sight('a'), sight('b')], 'ok', 'r answers 2 vantages.'],
    [
      'is ok when a read is refused: the server lives',
      [sight('a', { outcome: 'refused' })],
      'ok',
      'r answers 1 vantage.',
    ],
    [
      'keeps vantages that disagree apart',
      [sight('a', dark), sight('b')],
      'warn',
      'r unreachable from 1 of 2 vantages since 03:07Z.',
    ],
    [
      'is down when no vantage gets an answer',
      [sight('a', dark), sight('b', dark)],
      'crit',
      'r unreachable from 2 of 2 vantages since 03:07Z.',
    ],
    [
      'fails, but is not unreachable, when it answers with errors',
      [sight('a', { ...dark, outcome: 'error' })],
      'crit',
      'r fails from 1 of 1 vantage since 03:07Z.',
    ],
    [
      'fails when some get an error and others nothing: it is not unreachable',
      [sight('a', { ...dark, outcome: 'error' }), sight('b', dark)],
      'crit',
      'r fails from 2 of 2 vantages since 03:07Z.',
    ],
    [
      'is degraded, not unreachable, while another of its servers answers',
      [halfDark, { ...halfDark, vantage: 'b' }],
      'warn',
      'syd-1 does not answer from 2 of 2 vantages; sin-2 in the same region does.',
    ],
    [
      'says which server fails from which share of the vantages',
      [halfDark, sight('b', { answering: ['sin-2', 'syd-1'] })],
      'warn',
      'syd-1 does not answer from 1 of 2 vantages; sin-2 in the same region does.',
    ],
    [
      'is unknown, not green, once its last good look is old',
      [sight('a', { observedAt: ago(5_000) }), sight('b', { observedAt: ago(6_000) })],
      'unknown',
      'r was last checked 5 s ago.',
    ],
    [
      'is unknown, not down, once its last bad look is old',
      [sight('a', { ...dark, observedAt: ago(60_000) })],
      'unknown',
      'r was last checked 1 min ago.',
    ],
    [
      'is unknown when nobody ever looked',
      [sight('a', { outcome: null, observedAt: null })],
      'unknown',
      'r has not been checked yet.',
    ],
    [
      'is not healthy while a vantage does not report',
      [sight('a'), sight('b', { observedAt: ago(11_000) })],
      'warn',
      'r answers 1 of 2 vantages; b does not report.',
    ],
    [
      'forgives one look that is a little late',
      [sight('a'), sight('b', { observedAt: ago(5_000) })],
      'ok',
      'r answers 2 vantages.',
    ],
  ])('%s', (_, sights, status, says) => {
    expect(decideRegionStatus('r', sights, { nowMs })).toMatchObject({ status, says })
  })

  test('that holds only a server that a failover left behind says so: no alarm, and not green', () => {
    const gone = sight('a', {
      ...dark,
      answering: [],
      failing: [{ memberId: 'fra-1', outcome: 'timeout', since: ago(9_000), lastAnswerAt: null }],
    })
    expect(decideRegionStatus('r', [gone, { ...gone, vantage: 'b' }], { nowMs, leftBehind: ['fra-1'] })).toMatchObject({
      status: 'warn',
      says: 'r holds no writer, only fra-1, a stale server left behind by a failover: no answer to 2 of 2 vantages since 03:07Z.',
    })
  })

  test('that nobody reaches is down since the last answer that anybody had, not since the first was cut off', () => {
    const cutOff = sight('a', { ...dark, since: ago(600_000), lastAnswerAt: ago(602_000) })
    const other = sight('b', { ...dark, since: ago(60_000), lastAnswerAt: ago(62_000) })
    expect(decideRegionStatus('r', [cutOff, other], { nowMs }).since).toEqual(ago(60_000))
    expect(decideRegionStatus('r', [cutOff, other, sight('c')], { nowMs }).since).toEqual(ago(600_000))
  })

  test('one of whose servers nobody reaches is partly silent since the last answer that anybody had of it', () => {
    const early = { memberId: 'syd-1', outcome: 'timeout', since: ago(600_000), lastAnswerAt: ago(602_000) } as const
    const sights = [halfDark, { ...halfDark, vantage: 'b', failing: [early] }]
    expect(decideRegionStatus('r', sights, { nowMs }).since).toEqual(ago(60_000))
    const other = sight('c', { answering: ['sin-2', 'syd-1'] })
    expect(decideRegionStatus('r', [...sights, other], { nowMs }).since).toEqual(ago(600_000))
  })

  test('gives a date with a beginning that is more than a day ago', () => {
    const since = new Date('2026-11-17T22:00:00Z')
    expect(decideRegionStatus('r', [sight('a', { ...dark, since })], { nowMs }).says).toContain(
      'since 2026-11-17 22:00Z',
    )
  })
})

const primary: MemberSight = {
  id: 'sin-1',
  region: 'ap-southeast-1',
  isActive: true,
  state: 'reachable',
  role: 'primary',
  gateStatus: 'WRITABLE',
  gateEpoch: 41n,
  gateRegion: 'ap-southeast-1',
  unprotected: [],
  observedAt: ago(1_000),
}
const standby: MemberSight = { ...primary, id: 'sin-2', region: 'ap-southeast-2', isActive: false, role: 'standby' }

describe('a cell', () => {
  const healthy: CellSight = {
    epoch: 41n,
    epochStatus: 'WRITABLE',
    members: [primary, standby],
    lags: [{ targetMember: 'sin-2', status: 'ok', state: 'streaming' }],
    reach: { okCount: 7, failingCount: 0 },
    noWriteSince: null,
    noAckMs: null,
    operation: null,
    leftBehind: [],
    failoverToNote: null,
  }
  /** sin-2 took over; sin-1 was fenced and does not answer. */
  const failedOver: CellSight = {
    ...healthy,
    epoch: 42n,
    members: [
      { ...primary, isActive: false, state: 'unreachable', role: null, gateStatus: null, gateEpoch: null },
      { ...standby, isActive: true, role: 'primary', gateEpoch: 42n, gateRegion: 'ap-southeast-2' },
    ],
    lags: [{ targetMember: 'sin-1', status: 'unknown', state: 'unknown' }],
    leftBehind: [{ memberId: 'sin-1', epoch: 41n }],
    failoverToNote: { code: 'OP-1' },
  }
  const withActive = (change: Partial<MemberSight>): Partial<CellSight> => ({
    members: [{ ...primary, ...change }, standby],
  })
  const withLag = (status: 'ok' | 'warn' | 'crit' | 'unknown'): Partial<CellSight> => ({
    lags: [{ targetMember: 'sin-2', status, state: 'streaming' }],
  })
  const operated = (status: OperationState): Partial<CellSight> => ({
    operation: { kind: 'planned-switchover', status, isPastReturn: false },
  })
  const fenced = withActive({ gateStatus: 'FENCED' })
  const secondWriter = { ...standby, role: 'primary', gateRegion: 'ap-southeast-2' } as const

  test('whose application gets no write acknowledged is in trouble, and it says who says so', () => {
    expect(decideCellStatus({ ...healthy, noAckMs: 42_000 }, { nowMs })).toEqual({
      status: 'warn',
      says: 'The application has had no write acknowledged for 42 s; sin-1 itself takes writes.',
    })
    const late = { ...healthy, ...withLag('warn'), noAckMs: 42_000 }
    expect(decideCellStatus(late, { nowMs }).says).toMatch(/^The application has .+ sin-2 is behind\.$/)
    const closed = { ...healthy, ...withActive({ gateStatus: 'FENCED' }), noAckMs: 42_000 }
    expect(decideCellStatus(closed, { nowMs })).toMatchObject({
      status: 'crit',
      says: expect.stringMatching(/^The gate of sin-1 is FENCED/),
    })
  })

  test('after a failover says who writes, that nothing stands by, and who still waits', () => {
    expect(decideCellStatus(failedOver, { nowMs })).toEqual({
      status: 'warn',
      says: 'sin-2 takes writes at epoch 42. There is no second copy until sin-1, a stale server of epoch 41, is rebuilt. OP-1 must be acknowledged.',
    })
  })

  test('that lost its writer as well says that there is no second copy', () => {
    const members = failedOver.members.map((member) => ({ ...member, state: 'unreachable' as const }))
    const found = decideCellStatus({ ...failedOver, members, reach: { okCount: 0, failingCount: 7 } }, { nowMs })
    expect(found.status).toBe('crit')
    expect(found.says).toMatch(/^sin-2 does not answer from 7 of 7 vantages\. There is no second copy until sin-1,/)
  })

  test('with another standby has a second copy, and its trouble is told as well', () => {
    const third = { targetMember: 'sin-3', status: 'warn', state: 'catching-up' } as const
    const { says } = decideCellStatus({ ...failedOver, lags: [...failedOver.lags, third] }, { nowMs })
    expect(says).not.toContain('no second copy')
    expect(says).toContain('sin-1, a stale server of epoch 41, is not rebuilt yet.')
    expect(says).toContain('sin-3 is behind.')
  })

  test('two writers outrank a server that was left behind', () => {
    const back = { ...primary, isActive: false, gateEpoch: 41n }
    const members = [back, failedOver.members[1]!]
    expect(decideCellStatus({ ...failedOver, members }, { nowMs }).says).toMatch(/^Two writers/)
  })

  test.each<[string, Partial<CellSight>, string, RegExp]>([
    ['is ok', {}, 'ok', /^sin-1 takes writes at epoch 41; 1 standby streaming\.$/],
    ['has two writers', { members: [primary, secondWriter] }, 'crit', /^Two writers: sin-1 and sin-2/],
    [
      'has two writers even while an operation runs',
      { members: [primary, secondWriter], ...operated('running') },
      'crit',
      /^Two writers/,
    ],
    [
      'has one writer when the gate of a promoted neighbour in the same region names the other',
      {
        members: [
          primary,
          {
            ...secondWriter,
            region: primary.region,
            gateRegion: primary.region,
            gateServer: 'sin-1',
            serverName: 'sin-2',
          },
        ],
      },
      'warn',
      /^sin-2 is a closed server of an earlier epoch/,
    ],
    [
      'has one writer when the lease of the second was over as it was seen',
      { members: [primary, { ...secondWriter, leaseUntil: secondWriter.observedAt }] },
      'warn',
      /^sin-2 is a closed server of an earlier epoch/,
    ],
    [
      'has two writers when the second has no gate at all',
      { members: [primary, { ...secondWriter, gateStatus: null }] },
      'crit',
      /^Two writers/,
    ],
    [
      'has one writer when the other primary’s gate names another region',
      { members: [primary, { ...secondWriter, gateRegion: 'ap-southeast-1' }] },
      'warn',
      /closed server/,
    ],
    [
      'has one writer when the other primary is fenced',
      { members: [primary, { ...secondWriter, gateStatus: 'FENCED' }] },
      'warn',
      /closed server/,
    ],
    ['is being operated', operated('running'), 'active', /^A planned switchover is running\.$/],
    ['needs a person', operated('needs-human'), 'crit', /^A planned switchover is stuck and needs a person\.$/],
    ['waits, open, for a paused operation', operated('paused'), 'warn', /^A planned switchover is paused\.$/],
    [
      'is closed by a paused operation',
      { ...operated('paused'), ...fenced },
      'crit',
      /^Takes no writes: the planned switchover is paused and the gate of sin-1 is FENCED\. Resume or abort it\.$/,
    ],
    [
      'is closed by an operation that was paused past its point of no return',
      { operation: { kind: 'planned-switchover', status: 'paused', isPastReturn: true }, ...fenced },
      'crit',
      /FENCED\. Resume it\.$/,
    ],
    [
      'is closed by a stuck operation',
      { ...operated('needs-human'), ...withActive({ gateStatus: 'FROZEN' }) },
      'crit',
      /^Takes no writes: the planned switchover is stuck and the gate of sin-1 is FROZEN\. Retry it\.$/,
    ],
    [
      'takes no writes because a paused operation left a standby as the active member',
      { ...operated('paused'), ...withActive({ role: 'standby' }) },
      'crit',
      /^Takes no writes: the planned switchover is paused and sin-1 is a standby\./,
    ],
    [
      'is closed for a moment by a running operation',
      { ...operated('running'), ...fenced, noWriteSince: ago(15_000) },
      'active',
      /^A planned switchover is running\.$/,
    ],
    [
      'is closed for too long by a running operation',
      { ...operated('running'), ...fenced, noWriteSince: ago(15_001) },
      'warn',
      /^Takes no writes since 03:14Z: the planned switchover is running and the gate of sin-1 is FENCED\.$/,
    ],
    [
      'awaits the promotion of its new active member',
      { ...operated('running'), ...withActive({ role: 'standby' }) },
      'active',
      /is running/,
    ],
    [
      'awaits the rebuild of its old primary',
      {
        ...operated('running'),
        members: [primary, { ...standby, role: 'primary', gateStatus: 'FENCED' }],
        ...withLag('crit'),
      },
      'active',
      /is running/,
    ],
    [
      'has a disconnected standby while an operation runs',
      { ...operated('running'), ...withLag('crit') },
      'warn',
      /no second copy\. A planned switchover is running\.$/,
    ],
    [
      'answers nobody while an operation runs',
      {
        ...operated('running'),
        ...withActive({ state: 'unreachable', role: null }),
        reach: { okCount: 0, failingCount: 7 },
      },
      'crit',
      /^sin-1 does not answer from 7 of 7 vantages\. A planned switchover is running\.$/,
    ],
    [
      'has lost its gate triggers while an operation runs',
      { ...operated('running'), ...withActive({ gateStatus: 'FENCED', unprotected: ['public.written'] }) },
      'crit',
      /public\.written/,
    ],
    ['is closed although its operation only waits to start', { ...operated('queued'), ...fenced }, 'crit', /FENCED/],
    [
      'was never observed',
      withActive({ state: 'unknown', observedAt: null }),
      'unknown',
      /^sin-1 has not been observed yet/,
    ],
    [
      'was last observed too long ago',
      withActive({ observedAt: ago(14_000) }),
      'unknown',
      /^sin-1 was last observed 14 s ago/,
    ],
    [
      'does not answer the console but answers others',
      { ...withActive({ state: 'unreachable', role: null }), reach: { okCount: 6, failingCount: 1 } },
      'warn',
      /answers 6 of 7 vantages/,
    ],
    [
      'answers nobody',
      { ...withActive({ state: 'unreachable', role: null }), reach: { okCount: 0, failingCount: 7 } },
      'crit',
      /does not answer from 7 of 7/,
    ],
    ['has a standby where the writer should be', withActive({ role: 'standby' }), 'crit', /is a standby/],
    ['is frozen', withActive({ gateStatus: 'FROZEN' }), 'crit', /FROZEN/],
    ['has no gate', withActive({ gateStatus: null }), 'crit', /has no gate/],
    ['has disabled gate triggers', withActive({ unprotected: ['public.written'] }), 'crit', /public\.written/],
    ['has another epoch than the catalog', withActive({ gateEpoch: 40n }), 'crit', /epoch 40, the catalog at 41/],
    ['is unreachable from some', { reach: { okCount: 5, failingCount: 2 } }, 'warn', /from 2 of 7 vantages/],
    [
      'has no standby that receives anything',
      withLag('crit'),
      'warn',
      /^sin-2 receives nothing: what is written now has no second copy\.$/,
    ],
    [
      'has one standby of two that receives nothing',
      {
        lags: [
          { targetMember: 'sin-2', status: 'crit', state: 'disconnected' },
          { targetMember: 'sin-3', status: 'ok', state: 'streaming' },
        ],
      },
      'warn',
      /^sin-2 receives nothing: it is disconnected\.$/,
    ],
    [
      'says first that nothing is copied, then from where the writer is not reached',
      { ...withLag('crit'), reach: { okCount: 6, failingCount: 1 } },
      'warn',
      /^sin-2 receives nothing: .* copy\. The writer is unreachable from 1 of 7 vantages\.$/,
    ],
    ['does not know the lag of its standby', withLag('unknown'), 'warn', /unknown/],
    ['has a standby that is behind', withLag('warn'), 'warn', /behind/],
  ])('%s', (_, change, status, says) => {
    const judged = decideCellStatus({ ...healthy, ...change }, { nowMs })
    expect(judged.status).toBe(status)
    expect(judged.says).toMatch(says)
  })
})

test.each<[string, Partial<MemberSight>, string]>([
  ['the writer', {}, 'ok'],
  ['never observed', { state: 'unknown', observedAt: null }, 'unknown'],
  ['observed too long ago', { observedAt: ago(5_000) }, 'unknown'],
  ['unreachable', { state: 'unreachable' }, 'crit'],
  ['a standby', { isActive: false, role: 'standby' }, 'ok'],
  ['a second writer', { isActive: false }, 'crit'],
  ['a closed old primary', { isActive: false, gateStatus: 'FENCED' }, 'warn'],
  ['a writer whose gate is closed', { gateStatus: 'FENCED' }, 'crit'],
])('a member that is %s', (_, change, status) => {
  expect(decideMemberStatus({ ...primary, ...change }, { nowMs })).toBe(status)
})

test.each<[string, Partial<Parameters<typeof decideLagStatus>[0]>, string]>([
  ['streaming and fresh', {}, 'ok'],
  ['streaming, but the reading is old', { observedAt: ago(5_000) }, 'unknown'],
  ['never read', { observedAt: null }, 'unknown'],
  ['unknown, with a number left over', { state: 'unknown', heartbeatAgeMs: 0 }, 'unknown'],
  ['disconnected, however small its number', { state: 'disconnected', heartbeatAgeMs: 0 }, 'crit'],
  ['streaming without a heartbeat', { heartbeatAgeMs: null }, 'unknown'],
  ['streaming past its limit', { heartbeatAgeMs: 10_001 }, 'warn'],
  ['catching up', { state: 'catching-up' }, 'warn'],
])('a lag that is %s', (_, change, status) => {
  const lag = { state: 'streaming', heartbeatAgeMs: 400, observedAt: ago(1_000), lagMsMax: 10_000, ...change } as const
  expect(decideLagStatus(lag, { nowMs })).toBe(status)
})

describe('a link', () => {
  const sight = (change: Partial<LinkSight> = {}): LinkSight => ({
    memberId: 'sin-1',
    outcome: 'ok',
    latencyMs: 42,
    detail: null,
    observedAt: ago(1_000),
    since: ago(60_000),
    ...change,
  })
  const failed = sight({ outcome: 'unreachable', latencyMs: null, detail: 'connection refused' })
  const link = { memberCount: 1, sights: [sight()], answersElsewhere: true }

  test.each<[string, Partial<typeof link>, string, RegExp | null]>([
    ['is up', {}, 'up', null],
    ['has nobody at its end', { memberCount: 0, sights: [] }, 'probe-missing', /no server to probe/],
    ['has not been probed yet', { sights: [] }, 'not-established', /No probe has finished/],
    [
      'was probed once, and nobody does any more',
      { sights: [sight({ observedAt: ago(60_000) })] },
      'probe-missing',
      /Last probed at 03:13Z/,
    ],
    [
      'is down, and the server lives',
      { sights: [failed] },
      'down',
      /connection refused; other vantages reach the region/,
    ],
    ['is down, and so may be the server', { sights: [failed], answersElsewhere: false }, 'down', /no other vantage/],
    [
      'is up when one of two servers answers',
      { memberCount: 2, sights: [failed, sight({ memberId: 'jkt-2' })] },
      'up',
      /sin-1: connection refused/,
    ],
    [
      'is up when the server answers with an error: the way works',
      { sights: [sight({ outcome: 'error', latencyMs: null, detail: 'too many connections' })] },
      'up',
      /sin-1: too many connections/,
    ],
    [
      'is unknown, with the reason, when the console itself could not ask',
      { sights: [sight({ outcome: 'unasked', latencyMs: null, detail: 'A secret of sin-1 is not known.' })] },
      'probe-missing',
      /Not asked\. sin-1: A secret of sin-1 is not known\./,
    ],
    [
      'is judged by those that were asked',
      { memberCount: 2, sights: [failed, sight({ memberId: 'jkt-2', outcome: 'unasked', detail: 'no secret' })] },
      'down',
      /connection refused; jkt-2: no secret; other vantages/,
    ],
    ['is up when the server refuses', { sights: [sight({ outcome: 'refused' })] }, 'up', null],
  ])('%s', (_, change, state, detail) => {
    const judged = decideLinkState({ ...link, ...change }, { nowMs })
    expect(judged.state).toBe(state)
    if (detail) expect(judged.detail).toMatch(detail)
    else expect(judged.detail).toBeNull()
  })

  test.each([
    [100, 121, true],
    [100, 119, false],
    [121, 100, true],
    [null, 100, false],
    [100, null, false],
  ])('from %s ms there and %s ms back is asymmetric: %s', (there, back, isAsymmetric) => {
    expect(decideAsymmetric(there, back)).toBe(isAsymmetric)
  })
})

test('the worst status wins, a hole is never healthy, and nothing at all is unknown', () => {
  expect(decideWorstStatus([])).toBe('unknown')
  expect(decideWorstStatus(['ok', 'unknown'])).toBe('unknown')
  expect(decideWorstStatus(['unknown', 'warn'])).toBe('warn')
  expect(decideWorstStatus(['ok', 'active', 'crit', 'warn'])).toBe('crit')
})

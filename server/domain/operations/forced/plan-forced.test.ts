import { describe, expect, test } from 'vitest'
import type { FindingName } from '@/model/findings'
import { FailoverPreview } from '@/model/schemas/failovers'
import { ForcedFailoverPlan } from '@/model/schemas/plans'
import { hashPlan } from '../hash-plan'
import { calmSource, calmTarget, calmWorld, NOW_MS } from '../testing'
import type { CellWorld, MemberWorld } from '../world/cell-world'
import { type ForcedRule, forcedRules } from './forced-rules'
import { forcedSteps } from './forced-workflow'
import { judgeForced } from './judge-forced'
import { AGENT_ANSWER_AGE_MS_MAX, LOSS_HORIZON_MS } from './limits'
import { type ForcedOrder, planForcedFailover } from './plan-forced'
import { writesBefore } from './writes-before'

const madeBy = '019f0000-0000-7000-8000-0000000000aa'
const order: ForcedOrder = {
  targetMember: null,
  madeBy,
  steps: forcedSteps,
  overrides: [],
  isBreakGlass: false,
  isDeclared: false,
}
const ready = { isReady: true, says: 'The power switch answers.', checkedAtMs: NOW_MS - 1_000 }
const finding = (name: FindingName) => ({ name, says: `sin-1: ${name}.`, since: null, vantages: [] })

/** sin-1 is dead: last answer 4 s ago, refused since 3 s; sin-2 holds its heartbeat of 4.5 s ago. */
function deadWorld(
  change: Partial<CellWorld> = {},
  source: Partial<MemberWorld> = {},
  target = deadTarget(),
): CellWorld {
  return calmWorld({
    members: [
      {
        ...calmSource({ isReachable: false, detail: 'refused', lsn: '0/5000248', lastReachableAtMs: NOW_MS - 4_000 }),
        finding: finding('ServerDown'),
        lastAnswerAtMs: NOW_MS - 4_000,
        firstRefusalAtMs: NOW_MS - 3_000,
        agent: ready,
        ...source,
      },
      target,
    ],
    acknowledged: [-80, -70, -60, -50, -40, -30, -20, -10, 0].map((s) => ({
      fromMs: NOW_MS + s * 1_000,
      toMs: NOW_MS + (s + 10) * 1_000,
      count: 120,
      failedCount: 0,
    })),
    ...change,
  })
}

function deadTarget(report: Parameters<typeof calmTarget>[0] = {}, change: Partial<MemberWorld> = {}): MemberWorld {
  return calmTarget({ receiverStatus: null, heartbeatAtMs: NOW_MS - 4_500, ...report }, change)
}

/** The application got next to nothing acknowledged even before sin-1 died: its counts are those of its own outage. */
function failingWorld(): CellWorld {
  const world = deadWorld()
  return { ...world, acknowledged: world.acknowledged.map((period) => ({ ...period, count: 0, failedCount: 400 })) }
}

const plan = (world: CellWorld, change: Partial<ForcedOrder> = {}) => planForcedFailover(world, { ...order, ...change })

test('a dead primary gives a plan that bounds the loss, names the means and passes every rule', () => {
  const choice = plan(deadWorld())
  expect(choice.checks.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual(
    Object.keys(forcedRules).map((rule) => `${rule} passed`),
  )
  expect(ForcedFailoverPlan.parse(choice.plan)).toEqual(choice.plan)
  expect(choice.plan).toMatchObject({
    source: { member: 'sin-1', lsn: '0/5000248', lastSeenAt: new Date(NOW_MS - 4_000).toISOString() },
    target: { member: 'sin-2', lsn: '0/5000148' },
    epoch: { from: '7', to: '8' },
    finding: { name: 'ServerDown' },
    loss: { kind: 'bounded', seconds: 3, bytes: null, transactions: '120', until: null },
    overrides: [],
    isBreakGlass: false,
  })
  expect(choice.plan?.fence.means.map(({ strength, isPossible }) => `${strength} ${isPossible}`)).toEqual([
    'PROVEN false',
    'POWERED_OFF true',
    'LEASE_EXPIRED false',
    'DECLARED false',
  ])
  expect(hashPlan(choice.plan!)).toMatch(/^[0-9a-f]{64}$/)
  expect(FailoverPreview.shape.candidates.parse(choice.candidates)).toMatchObject([{ member: 'sin-2', usable: true }])
})

test('a loss that still grows says how its server was found, in the words of the pages', () => {
  const { loss } = plan(deadWorld({}, { finding: finding('ServerUnreachable') })).plan!
  expect(loss.until).not.toBeNull()
  expect(loss.basis).toContain('sin-1 may still acknowledge writes (found: unreachable), so the loss grows')
})

const policy = { ...calmWorld().policies[0]!, allowedRegions: ['ap-southeast-1'] }
const third = (received: string | null) =>
  deadTarget(
    { receivedLsn: received, lsn: received },
    { id: 'sin-3', region: 'eu-west-1', finding: finding('ServerHealthy') },
  )
const refused: [ForcedRule, 'failed' | 'unknown', string, CellWorld][] = [
  [
    'one-operation-per-scope',
    'failed',
    'an operation runs',
    deadWorld({ operations: [{ code: 'OP-3', status: 'undoing' }] }),
  ],
  ['one-operation-per-scope', 'failed', 'a request waits', deadWorld({ requests: [{ code: 'F-3' }] })],
  [
    'no-hold',
    'failed',
    'maintenance is declared',
    deadWorld({ holds: [{ kind: 'maintenance', level: 'cell', subject: 'sin', reason: 'New disks.' }] }),
  ],
  [
    'no-migration-running',
    'failed',
    'a tenant moves',
    deadWorld({ migrations: [{ tenantId: 't', status: 'COPYING' }] }),
  ],
  ['primary-is-not-healthy', 'failed', 'it is healthy', deadWorld({}, { finding: finding('ServerHealthy') })],
  ['primary-is-not-healthy', 'unknown', 'nobody looked', deadWorld({}, { finding: finding('NotObserved') })],
  [
    'target-seen-fresh',
    'unknown',
    'it was seen long ago',
    deadWorld({}, {}, deadTarget({ observedAtMs: NOW_MS - 60_000 })),
  ],
  [
    'target-is-a-standby-of-the-family',
    'failed',
    'it is a primary',
    deadWorld({}, {}, deadTarget({ role: 'primary' })),
  ],
  [
    'target-is-a-standby-of-the-family',
    'failed',
    'it is of another family',
    deadWorld({}, {}, deadTarget({ systemIdentifier: '9' })),
  ],
  [
    'target-is-a-standby-of-the-family',
    'failed',
    'its timeline diverged, however far it is',
    deadWorld({}, {}, deadTarget({ timeline: 2, lsn: '9/0', receivedLsn: '9/0' })),
  ],
  [
    'target-is-a-standby-of-the-family',
    'failed',
    'its gate is of another history',
    deadWorld({}, {}, deadTarget({ gate: { status: 'WRITABLE', epoch: 5n, region: 'ap-southeast-1' } })),
  ],
  [
    'target-is-a-standby-of-the-family',
    'unknown',
    'the family of the old primary was never seen',
    deadWorld({ members: [{ ...deadWorld().members[0]!, report: null }, deadTarget()] }),
  ],
  [
    'target-is-the-most-advanced',
    'failed',
    'another standby has more',
    deadWorld({ members: [deadWorld().members[0]!, deadTarget(), third('0/5000149')] }),
  ],
  [
    'gate-protects-every-table',
    'failed',
    'a table is open',
    deadWorld({}, {}, deadTarget({ unprotected: ['public.a'] })),
  ],
  ['loss-is-bounded', 'unknown', 'no heartbeat came over', deadWorld({}, {}, deadTarget({ heartbeatAtMs: null }))],
  ['residency-of-every-affected-tenant', 'failed', 'the law forbids it', deadWorld({ policies: [policy] })],
  ['capacity-headroom', 'failed', 'it cannot carry the load', deadWorld({}, {}, deadTarget({}, { writesMax: 13 }))],
  [
    'capacity-headroom',
    'unknown',
    'its capacity is not declared',
    deadWorld({}, {}, deadTarget({}, { writesMax: null })),
  ],
  ['capacity-headroom', 'unknown', 'nobody counted the writes', deadWorld({ acknowledged: [] })],
  ['capacity-headroom', 'unknown', 'the application failed before', failingWorld()],
  ['fence-is-possible', 'failed', 'nothing can fence it', deadWorld({}, { agent: null })],
  [
    'fence-is-possible',
    'failed',
    'the agent was asked long ago',
    deadWorld({}, { agent: { ...ready, checkedAtMs: NOW_MS - AGENT_ANSWER_AGE_MS_MAX - 1 } }),
  ],
  [
    'enough-writable-regions',
    'failed',
    'nobody else writes',
    deadWorld({ otherCells: [{ cellId: 'fra', region: 'eu-central-1', isWritable: false }] }),
  ],
  [
    'cool-down',
    'failed',
    'a failover was not acknowledged',
    deadWorld({ unacknowledgedFailover: { code: 'OP-7', finishedAtMs: NOW_MS - 60_000 } }),
  ],
  ['clock-skew', 'failed', 'its clock is off', deadWorld({}, {}, deadTarget({ clockSkewMs: 2_100 }))],
  ['clock-skew', 'unknown', 'its clock is not known', deadWorld({}, {}, deadTarget({ clockSkewMs: null }))],
]

describe('each rule', () => {
  test.each(refused)('%s is %s when %s', (rule, outcome, _, world) => {
    const { checks, plan: made } = plan(world, { targetMember: 'sin-2' })
    expect(checks.find((check) => check.rule === rule)).toMatchObject({ rule, outcome })
    expect(made).toBeNull()
  })

  test.each(refused)('%s (%s, %s) yields to an override by name only where it may', (rule, _, __, world) => {
    const overrides = Object.keys(forcedRules).map((name) => ({ rule: name, reason: `Because of ${name}.` }))
    const { checks, plan: made } = plan(world, { targetMember: 'sin-2', overrides })
    const check = checks.find((one) => one.rule === rule)!
    expect(check.overriddenBecause).toBe(forcedRules[rule].isOverridable ? `Because of ${rule}.` : undefined)
    const stillAgainst = checks.some((one) => one.outcome !== 'passed' && one.overriddenBecause === undefined)
    expect(made === null).toBe(stillAgainst)
    if (made) expect(made.overrides.map((one) => one.rule)).toContain(rule)
  })

  test('is refused by some case above', () => {
    expect(new Set(refused.map(([rule]) => rule))).toEqual(new Set(Object.keys(forcedRules)))
  })
})

test('an override that is not needed is not in the plan', () => {
  const { plan: made } = plan(deadWorld(), { overrides: [{ rule: 'no-hold', reason: 'Just in case.' }] })
  expect(made?.overrides).toEqual([])
})

test('the standby that has received most is chosen, and no plan is made for another', () => {
  const world = deadWorld({ members: [deadWorld().members[0]!, deadTarget(), third('0/5000200')] })
  const lawful = { ...world, policies: [{ ...world.policies[0]!, allowedRegions: ['ap-southeast-2', 'eu-west-1'] }] }
  expect(plan(lawful)).toMatchObject({ target: 'sin-3', plan: { target: { member: 'sin-3' } } })
  expect(plan(lawful, { targetMember: 'sin-2' }).plan).toBeNull()
})

describe('of standbys that nothing tells apart', () => {
  const { members, policies } = deadWorld()
  const lawful = [{ ...policies[0]!, allowedRegions: ['ap-southeast-2', 'eu-west-1'] }]
  const chosen = (...targets: MemberWorld[]) =>
    plan(deadWorld({ members: [members[0]!, ...targets], policies: lawful })).target
  const unknown = { receivedLsn: null, lsn: null }

  test('the first is chosen, in whatever way they are equal', () => {
    expect(chosen(deadTarget(), third('0/5000148'))).toBe('sin-2')
    expect(chosen(deadTarget(unknown), third(null))).toBe('sin-2')
  })

  test('one whose position is known goes before one whose is not', () => {
    expect(chosen(deadTarget(unknown), third('0/5000148'))).toBe('sin-3')
    expect(chosen(third('0/5000148'), deadTarget(unknown))).toBe('sin-3')
    expect(chosen(deadTarget(), third(null))).toBe('sin-2')
    expect(chosen(third(null), deadTarget())).toBe('sin-2')
  })
})

describe('the bound on the loss', () => {
  test.each(['ServerUnreachable', 'ServerFrozen', 'UnreachableFromHere'] as const)(
    'grows while the old primary is %s, up to a time by which it must be fenced',
    (name) => {
      const { loss } = plan(deadWorld({}, { finding: finding(name), firstRefusalAtMs: null }))
      expect(loss).toMatchObject({
        kind: 'bounded',
        seconds: (LOSS_HORIZON_MS + 4_500 + 1_500) / 1_000,
        transactions: null,
        until: new Date(NOW_MS + LOSS_HORIZON_MS).toISOString(),
      })
    },
  )

  test('ends with the write lease, and the clock of the server that holds it', () => {
    const { loss, means } = plan(
      deadWorld(
        {
          cell: { ...calmWorld().cell, writeLeaseMs: 3_000 },
          lease: { endsAtMs: NOW_MS + 1_000, isFinal: false },
        },
        { finding: finding('ServerUnreachable'), firstRefusalAtMs: null },
      ),
    )
    expect(loss).toMatchObject({ kind: 'bounded', seconds: 9, until: null })
    expect(means.find(({ strength }) => strength === 'LEASE_EXPIRED')).toMatchObject({ isPossible: true })
  })

  test('has bytes only where the position was read when nothing could be acknowledged any more', () => {
    const leased = (lastReachableAtMs: number) =>
      plan(
        deadWorld(
          {
            cell: { ...calmWorld().cell, writeLeaseMs: 3_000 },
            lease: { endsAtMs: NOW_MS - 5_000, isFinal: true },
          },
          {
            ...calmSource({ lsn: '0/5000248', lastReachableAtMs }),
            finding: finding('RefusingWrites'),
            firstRefusalAtMs: null,
          },
        ),
      ).loss
    expect(leased(NOW_MS - 3_000)).toMatchObject({ kind: 'bounded', bytes: '256' })
    expect(leased(NOW_MS - 3_001)).toMatchObject({
      kind: 'bounded',
      bytes: null,
      basis: expect.stringMatching(
        /had written 256 B more than has come over when it was last asked, at 02:59:56\.9Z; how much it wrote after that is not known/,
      ),
    })
  })

  test('is said in times that stay true, never as an age', () => {
    const { plan: made } = plan(deadWorld())
    expect(JSON.stringify(made)).not.toMatch(/\bago\b/)
    expect(made?.loss.basis).toContain('(seen at 02:59:59.0Z)')
    const { loss } = plan(deadWorld({}, {}, deadTarget({ observedAtMs: NOW_MS - 60_000 })), { targetMember: 'sin-2' })
    expect(loss).toMatchObject({ kind: 'unknown', basis: 'sin-2 was last observed at 02:59:00.0Z: too old to count.' })
  })

  test('that is above the objective of the cell is allowed, and said', () => {
    const world = deadWorld({ cell: { ...calmWorld().cell, rpoObjectiveMs: 2_000 } })
    const { plan: made, checks } = plan(world)
    expect(made?.loss).toMatchObject({ seconds: 3, objectiveSeconds: 2 })
    expect(checks.find(({ rule }) => rule === 'loss-is-bounded')).toMatchObject({
      outcome: 'passed',
      says: expect.stringContaining('more than the 2 s that this cell promises to lose at most'),
    })
  })

  test('counts no transactions of a time that the application has not reported', () => {
    const world = deadWorld()
    expect(plan({ ...world, acknowledged: world.acknowledged.slice(0, -2) }).loss.transactions).toBeNull()
  })

  test('does not let a count of nothing pass for calm where the application failed', () => {
    expect(plan(deadWorld()).loss.basis).not.toContain('failed')
    expect(plan(failingWorld()).loss).toMatchObject({
      transactions: '0',
      basis: expect.stringContaining(
        '0 acknowledged writes in the ten-second periods that touch that time, and 400 failed or refused commands',
      ),
    })
    expect(plan(failingWorld(), { overrides: [{ rule: 'capacity-headroom', reason: 'Known.' }] }).plan).toMatchObject({
      blastRadius: { writesPerSecond: null, capacity: { headroomPercent: null } },
    })
  })

  test('takes no period that was not reported for one without a write', () => {
    const long = deadWorld({}, {}, deadTarget({ heartbeatAtMs: NOW_MS - 34_000 }))
    expect(plan(long).loss.transactions).toBe('480')
    const reported = long.acknowledged
    const without = (fromMs: number) => reported.filter((bucket) => bucket.fromMs !== NOW_MS + fromMs)
    expect(plan({ ...long, acknowledged: without(-20_000) }).loss.transactions, 'in the midst').toBeNull()
    expect(plan({ ...long, acknowledged: without(-40_000) }).loss.transactions, 'the first that counts').toBeNull()
    expect(plan({ ...long, acknowledged: without(-10_000) }).loss.transactions, 'the last that counts').toBeNull()
    expect(plan({ ...long, acknowledged: without(-60_000) }).loss.transactions, 'before that time').toBe('480')
    expect(plan({ ...long, acknowledged: without(0) }).loss.transactions, 'after that time').toBe('480')
  })
})

test('people may declare a server closed on the break-glass path only, and by saying so', () => {
  const world = deadWorld({}, { agent: null })
  expect(plan(world).plan).toBeNull()
  expect(plan(world, { isDeclared: true }).plan).toBeNull()
  expect(plan(world, { isBreakGlass: true }).plan).toBeNull()
  expect(plan(world, { isBreakGlass: true, isDeclared: true }).plan).toMatchObject({ isDeclared: true })
})

describe('nobody may declare a server closed', () => {
  const insisting = { rule: 'primary-is-not-healthy', reason: 'I see it on the camera.' }
  const declared = { isBreakGlass: true, isDeclared: true, overrides: [insisting] }
  const answering = calmSource({ lastReachableAtMs: NOW_MS - 500 }).report
  const cases: [string, RegExp, CellWorld][] = [
    ['that can be switched off', /POWERED_OFF can be had/, deadWorld()],
    [
      'whose lease ends by itself',
      /LEASE_EXPIRED can be had/,
      deadWorld(
        { cell: { ...calmWorld().cell, writeLeaseMs: 3_000 }, lease: { endsAtMs: NOW_MS - 9_000, isFinal: true } },
        { agent: null },
      ),
    ],
    [
      'that takes writes before our eyes',
      /sin-1 answers/,
      deadWorld({}, { agent: null, report: answering, finding: finding('ServerHealthy') }),
    ],
    [
      'that others still hear',
      /sin-1 answers/,
      deadWorld({}, { agent: null, finding: finding('UnreachableFromHere'), firstRefusalAtMs: null }),
    ],
  ]
  test.each(cases)('%s', (_, why, world) => {
    const { plan: made, checks, means } = plan(world, declared)
    expect(made).toBeNull()
    expect(checks.find(({ rule }) => rule === 'fence-is-possible')).toMatchObject({
      outcome: 'failed',
      says: expect.stringMatching(why),
    })
    expect(means.at(-1)).toMatchObject({ strength: 'DECLARED', isPossible: false })
  })

  test('and a request that waits with a declaration is void once something better can be had', () => {
    const { plan: made } = plan(deadWorld({}, { agent: null }), declared)
    expect(judgeForced(made!, deadWorld({}, { agent: null }), forcedSteps).drift).toEqual([])
    expect(judgeForced(made!, deadWorld(), forcedSteps).drift.map(({ now }) => now)).toContainEqual(
      expect.stringContaining('POWERED_OFF can be had'),
    )
  })
})

test('what the successor has to carry is the rate of the last minute that went well, however long it fails already', () => {
  const at = (s: number, counts: { count: number; failedCount: number }) => ({
    fromMs: NOW_MS + s * 1_000,
    toMs: NOW_MS + (s + 10) * 1_000,
    ...counts,
  })
  const well = [-180, -170, -160, -150, -140, -130].map((s) => at(s, { count: 100, failedCount: 0 }))
  const failing = [-120, -110, -100, -90, -80, -70, -60, -50, -40, -30, -20, -10].map((s) =>
    at(s, { count: 0, failedCount: 400 }),
  )
  const world = deadWorld({ acknowledged: [...well, ...failing] })
  expect(writesBefore(world)).toBe(10)
  expect(writesBefore({ ...world, acknowledged: failing })).toBeNull()
})

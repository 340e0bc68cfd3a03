import { expect, test } from 'vitest'
import { hashPlan } from '../hash-plan'
import { FACTS_AGE_MS_MAX } from '../limits'
import { rules, type SafetyRule } from '../safety-rules'
import { calmSource, calmTarget, calmWorld, NOW_MS } from '../testing'
import type { CellWorld } from '../world/cell-world'
import { planSwitchover } from './plan-switchover'
import { switchoverSteps } from './switchover-workflow'

const madeBy = '019f0000-0000-7000-8000-0000000000aa'
const order = { targetMember: null, madeBy, steps: switchoverSteps }
const tooOldMs = NOW_MS - FACTS_AGE_MS_MAX - 1

test('a calm world gives a plan that loses nothing and names both servers, the epochs and the law', () => {
  const { plan, checks, candidates, target } = planSwitchover(calmWorld(), order)
  expect(checks.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual(
    Object.keys(rules).map((rule) => `${rule} passed`),
  )
  expect(target).toBe('sin-2')
  expect(candidates).toMatchObject([{ member: 'sin-2', usable: true }])
  expect(plan).toMatchObject({
    madeBy,
    source: { member: 'sin-1', region: 'ap-southeast-1', timeline: 1 },
    target: { member: 'sin-2', region: 'ap-southeast-2' },
    epoch: { from: '7', to: '8' },
    loss: { kind: 'none', bytes: '0' },
    residency: { verdict: 'allowed', checkedCount: 40, policyVersions: { APAC: 3 } },
    blastRadius: { tenantCount: 40, writesPerSecond: 12.5 },
  })
  expect(hashPlan(plan!)).toMatch(/^[0-9a-f]{64}$/)
})

const withLag = (lag: Partial<NonNullable<ReturnType<typeof calmTarget>['lag']>> | null) =>
  calmWorld({ members: [calmSource(), calmTarget({}, { lag: lag && { ...calmTarget().lag!, ...lag } })] })
const source = (report: Parameters<typeof calmSource>[0]) => calmWorld({ members: [calmSource(report), calmTarget()] })
const target = (report: Parameters<typeof calmTarget>[0]) => calmWorld({ members: [calmSource(), calmTarget(report)] })
const epoch = (change: Partial<NonNullable<CellWorld['epoch']>>) =>
  calmWorld({ epoch: { ...calmWorld().epoch!, ...change } })
const policy = (change: Partial<CellWorld['policies'][number]>) =>
  calmWorld({ policies: [{ ...calmWorld().policies[0]!, ...change }] })
const gate = (change: { status?: string; epoch?: bigint; region?: string }) =>
  source({ gate: { status: 'WRITABLE', epoch: 7n, region: 'ap-southeast-1', ...change } })

const refused: [SafetyRule, 'failed' | 'unknown', string, CellWorld][] = [
  [
    'one-operation-per-scope',
    'failed',
    'an operation runs',
    calmWorld({ operations: [{ code: 'OP-3', status: 'running' }] }),
  ],
  ['one-operation-per-scope', 'failed', 'a request waits', calmWorld({ requests: [{ code: 'S-3' }] })],
  [
    'no-migration-running',
    'failed',
    'a tenant moves',
    calmWorld({ migrations: [{ tenantId: 't', status: 'OBSERVING' }] }),
  ],
  [
    'fresh-observation',
    'unknown',
    'the source was never seen',
    calmWorld({ members: [{ ...calmSource(), report: null }, calmTarget()] }),
  ],
  ['fresh-observation', 'unknown', 'the target was seen too long ago', target({ observedAtMs: tooOldMs })],
  ['fresh-observation', 'unknown', 'the source does not answer', source({ isReachable: false, detail: 'timeout' })],
  ['source-is-the-active-writer', 'unknown', 'the catalog names no writer', calmWorld({ epoch: null })],
  ['source-is-the-active-writer', 'failed', 'the catalog is switching', epoch({ status: 'SWITCHING' })],
  ['source-is-the-active-writer', 'failed', 'the catalog names another region', epoch({ activeRegion: 'eu-west-1' })],
  ['source-is-the-active-writer', 'failed', 'the source is a standby', source({ role: 'standby' })],
  ['source-is-the-active-writer', 'unknown', 'the gate is not known', source({ gate: null })],
  ['source-is-the-active-writer', 'failed', 'the gate is fenced', gate({ status: 'FENCED' })],
  ['source-is-the-active-writer', 'failed', 'the gate is at another epoch', gate({ epoch: 6n })],
  ['source-is-the-active-writer', 'failed', 'the gate names another region', gate({ region: 'eu-west-1' })],
  ['target-is-a-streaming-standby', 'failed', 'there is no other member', calmWorld({ members: [calmSource()] })],
  ['target-is-a-streaming-standby', 'failed', 'the target is a primary', target({ role: 'primary' })],
  ['target-is-a-streaming-standby', 'failed', 'it is of another family', target({ systemIdentifier: '73' })],
  [
    'target-is-a-streaming-standby',
    'failed',
    'it is on another timeline, however high its LSN',
    target({ timeline: 2, lsn: 'F/0' }),
  ],
  ['target-is-a-streaming-standby', 'failed', 'it receives nothing', target({ receiverStatus: null })],
  ['target-is-a-streaming-standby', 'failed', 'it streams from another server', target({ upstreamMember: 'sin-3' })],
  ['target-is-a-streaming-standby', 'unknown', 'its upstream is not known', target({ upstreamMember: null })],
  ['target-is-a-streaming-standby', 'unknown', 'its timeline is not known', target({ timeline: null })],
  ['lag-within-limit', 'unknown', 'no lag was measured', withLag(null)],
  ['lag-within-limit', 'unknown', 'the lag is old', withLag({ sampledAtMs: tooOldMs })],
  [
    'lag-within-limit',
    'unknown',
    'the standby is cut off, whatever its last number',
    withLag({ state: 'disconnected', heartbeatAgeMs: 0 }),
  ],
  ['lag-within-limit', 'unknown', 'the heartbeat has no age', withLag({ heartbeatAgeMs: null })],
  ['lag-within-limit', 'failed', 'the lag is above the limit', withLag({ heartbeatAgeMs: 5_001 })],
  [
    'residency-of-every-affected-tenant',
    'failed',
    'a policy keeps tenants out',
    policy({ allowedRegions: ['ap-southeast-1'] }),
  ],
  ['residency-of-every-affected-tenant', 'failed', 'a policy is not in force', policy({ isInForce: false })],
  [
    'residency-of-every-affected-tenant',
    'unknown',
    'a tenant has no policy that was read',
    policy({ tenantCount: 39 }),
  ],
  [
    'no-hold',
    'failed',
    'an incident was declared',
    calmWorld({ holds: [{ kind: 'incident', level: 'cell', subject: 'sin', reason: 'Disks fail.' }] }),
  ],
  ['no-prepared-transactions', 'failed', 'one is pending', source({ preparedCount: 1 })],
  ['no-prepared-transactions', 'unknown', 'nobody counted them', source({ preparedCount: null })],
  ['gate-protects-every-table', 'failed', 'a trigger is missing', source({ unprotected: ['public.case_note'] })],
  [
    'enough-writable-regions',
    'failed',
    'no other region takes writes',
    calmWorld({ otherCells: [{ cellId: 'fra', region: 'eu-central-1', isWritable: false }] }),
  ],
  [
    'enough-writable-regions',
    'unknown',
    'nobody knows about the others',
    calmWorld({ otherCells: [{ cellId: 'fra', region: 'eu-central-1', isWritable: null }] }),
  ],
  [
    'cool-down',
    'failed',
    'the writer moved just now',
    calmWorld({ lastSwitchover: { code: 'OP-2', finishedAtMs: NOW_MS - 5_000, wentBack: false } }),
  ],
  [
    'cool-down',
    'failed',
    'the writer was fenced and opened again just now',
    calmWorld({ lastSwitchover: { code: 'OP-2', finishedAtMs: NOW_MS - 5_000, wentBack: true } }),
  ],
  [
    'cool-down',
    'failed',
    'nobody has acknowledged the last failover',
    calmWorld({ unacknowledgedFailover: { code: 'OP-2', finishedAtMs: NOW_MS - 3_600_000 } }),
  ],
  ['clock-skew', 'failed', 'a clock is off', target({ clockSkewMs: -2_001 })],
  ['clock-skew', 'unknown', 'a clock is not known', target({ clockSkewMs: null })],
]

test.each(refused)('%s is %s when %s, and there is no plan', (rule, outcome, _why, world) => {
  const choice = planSwitchover(world, order)
  expect(choice.checks.find((check) => check.rule === rule)).toMatchObject({ outcome })
  expect(choice.plan).toBeNull()
  expect(choice.candidates.every(({ usable }) => !usable)).toBe(true)
})

test('every rule has a case that blocks', () => {
  expect(new Set(refused.map(([rule]) => rule))).toEqual(new Set(Object.keys(rules)))
})

test('of several standbys the usable one is chosen, and the others say why not', () => {
  const far = { ...calmTarget({ timeline: 2 }), id: 'sin-0', region: 'eu-west-1' }
  const choice = planSwitchover(calmWorld({ members: [far, calmSource(), calmTarget()] }), order)
  expect(choice.target).toBe('sin-2')
  expect(choice.candidates).toMatchObject([
    { member: 'sin-0', usable: false, says: 'sin-0 is on timeline 2, sin-1 on 1.' },
    { member: 'sin-2', usable: true },
  ])
})

test('the pause is estimated from past runs when there are three, else from measured round trips', () => {
  const measured = planSwitchover(calmWorld(), order).plan!.writePauseEstimate
  expect(measured).toMatchObject({ lowMs: 920, basis: expect.stringContaining('round trips') })
  const past = planSwitchover(calmWorld({ pastWritePausesMs: [900, 400, 500] }), order).plan!.writePauseEstimate
  expect(past).toEqual({ lowMs: 500, highMs: 900, basis: 'p50 to p95 of 3 past switchovers of this cell.' })
})

test('too few past runs are told beside the guess', () => {
  const basisOf = (pastWritePausesMs: number[]) =>
    planSwitchover(calmWorld({ pastWritePausesMs }), order).plan!.writePauseEstimate.basis
  expect(basisOf([])).toMatch(/^No past run yet; 2 round trips to sin-1 and 2 to sin-2 as measured: a wide guess\.$/)
  expect(basisOf([64_000, 900])).toMatch(
    /^2 past runs \(worst 64 s\), too few to estimate from; 2 round trips to sin-1 /,
  )
  expect(basisOf([900])).toMatch(/^1 past run \(worst 900 ms\), too few/)
})

test('the hash does not depend on the order of keys and changes with any value', () => {
  const plan = planSwitchover(calmWorld(), order).plan!
  const shuffled = Object.fromEntries(Object.entries(plan).reverse()) as typeof plan
  expect(hashPlan(shuffled)).toBe(hashPlan(plan))
  expect(hashPlan({ ...plan, madeBy: madeBy.replace('aa', 'ab') })).not.toBe(hashPlan(plan))
})

import type { FindingName } from '@/model/findings'
import type { Drift, ForcedFailoverPlan } from '@/model/schemas/plans'
import { differs, driftOfChecks, driftOfEpoch, driftOfLaw, driftOfMember, driftOfSteps } from '../decide-drift'
import type { Judgement } from '../judgement'
import { type CellWorld, sourceOf } from '../world/cell-world'
import { isAgainst } from './forced-rules'
import { type ForcedChoice, planForcedFailover } from './plan-forced'

/**
 * Pure: does the plan still describe the world? What is lost and how the old primary is closed may get better, never worse;
 * what identifies the servers, the writer, the tenants and the law must be equal to the letter.
 */
export function judgeForced(
  plan: ForcedFailoverPlan,
  world: CellWorld,
  steps: ForcedFailoverPlan['steps'],
): Judgement & Pick<ForcedChoice, 'loss' | 'means'> {
  const { checks, loss, means } = planForcedFailover(world, {
    targetMember: plan.target.member,
    madeBy: plan.madeBy,
    steps,
    overrides: plan.overrides,
    isBreakGlass: plan.isBreakGlass,
    isDeclared: plan.isDeclared ?? false,
    approvedLoss: plan.loss,
  })
  const drift = [
    ...driftOfSteps(plan, steps),
    ...driftOfEpoch(plan, world),
    ...driftOfSource(plan, world),
    ...driftOfMember('target', plan.target, world),
    ...driftOfLaw(plan, world),
    ...differs('tenants, one by one', plan.blastRadius.tenantsDigest, world.tenantsDigest),
    ...driftOfFinding(plan, world),
    ...driftOfLoss(plan, loss, world.nowMs),
    ...driftOfMeans(plan, means),
    ...driftOfChecks(checks.filter(isAgainst)),
  ]
  return {
    checks,
    drift,
    unknown: checks.filter((check) => isAgainst(check) && check.outcome === 'unknown'),
    loss,
    means,
  }
}

/** What was known of it must not have turned out to be otherwise; what was not known may have been learnt. */
function driftOfSource({ source: planned }: ForcedFailoverPlan, world: CellWorld): Drift[] {
  const source = sourceOf(world)
  if (!source) return [] // the epoch says so already
  const { systemIdentifier, timeline } = source.report ?? { systemIdentifier: null, timeline: null }
  return [
    ...differs(`region of ${source.id}`, planned.region, source.region),
    ...(planned.systemIdentifier === null || systemIdentifier === null
      ? []
      : differs(`system identifier of ${source.id}`, planned.systemIdentifier, systemIdentifier)),
    ...(planned.timeline === null || timeline === null
      ? []
      : differs(`timeline of ${source.id}`, planned.timeline, timeline)),
  ]
}

/** Findings that call for the same answer: whoever approved for one of them approved for the others of its kind. */
const kindsOfTrouble = {
  NotObserved: 'not looked at',
  ServerHealthy: 'healthy',
  ServerDown: 'does not answer',
  ServerUnreachable: 'does not answer',
  ServerFrozen: 'does not answer',
  UnreachableFromHere: 'answers some',
  RefusingWrites: 'refuses writes',
  StandbyInsteadOfPrimary: 'is not what it should be',
  WrongServer: 'is not what it should be',
  TimelineDiverged: 'is not what it should be',
  StaleEpochServer: 'is not what it should be',
  TwoWriters: 'is not what it should be',
} as const satisfies Record<FindingName, string>

function driftOfFinding({ finding: planned }: ForcedFailoverPlan, world: CellWorld): Drift[] {
  const now = sourceOf(world)?.finding
  if (!now || now.name === 'NotObserved') return [] // nobody has looked: a check calls it unknown
  if (kindsOfTrouble[now.name] === kindsOfTrouble[planned.name]) return []
  return [{ what: 'finding', planned: planned.name, now: `${now.name}: ${now.says}` }]
}

/** A loss that nobody could bound was approved as that, and any bound is better. */
function driftOfLoss({ loss: planned }: ForcedFailoverPlan, now: ForcedFailoverPlan['loss'], nowMs: number): Drift[] {
  if (planned.seconds === null || now.seconds === null) return [] // a bound that is gone is unknown, by its rule
  if (planned.until !== null && nowMs > Date.parse(planned.until))
    return [
      {
        what: 'loss',
        planned: `at most ${planned.seconds} s if fenced by ${planned.until}`,
        now: 'that time has passed',
      },
    ]
  if (now.seconds <= planned.seconds) return []
  return [{ what: 'loss', planned: `at most ${planned.seconds} s`, now: `up to ${now.seconds} s` }]
}

function driftOfMeans({ fence }: ForcedFailoverPlan, means: ForcedFailoverPlan['fence']['means']): Drift[] {
  const planned = possible(fence.means)
  const now = possible(means)
  if (planned.some((strength) => now.includes(strength))) return []
  return [{ what: 'means to fence', planned: planned.join(', ') || 'none', now: now.join(', ') || 'none' }]
}

function possible(means: ForcedFailoverPlan['fence']['means']): string[] {
  return means.filter((mean) => mean.isPossible).map(({ strength }) => strength)
}

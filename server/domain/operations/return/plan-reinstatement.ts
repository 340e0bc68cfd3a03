import type { Check, Drift, ReinstatementPlan } from '@/model/schemas/plans'
import { differs, driftOfChecks, driftOfSteps } from '../decide-drift'
import type { Judgement } from '../judgement'
import { sourceOf } from '../world/cell-world'
import { commonOf, knownFingerprint } from './plan-return'
import { checkReinstatement, type Reinstating } from './reinstatement-checks'

type Order = { madeBy: string; steps: ReinstatementPlan['steps'] }

/** Pure: the world in, a plan or the reasons against it out. The epoch stays: nothing that anybody uses is touched. */
export function planReinstatement(
  given: Reinstating,
  { madeBy, steps }: Order,
): { checks: Check[]; plan: ReinstatementPlan | null } {
  const { world, stale, openConflictCount } = given
  const checks = checkReinstatement(given)
  const writer = sourceOf(world)
  const target = writer && knownFingerprint(writer, stale)
  if (!writer || !target || !world.epoch || checks.some(({ outcome }) => outcome !== 'passed'))
    return { checks, plan: null }
  const epoch = String(world.epoch.epoch)
  const plan: ReinstatementPlan = {
    ...commonOf(world, stale, writer, target),
    kind: 'reinstatement',
    scope: world.cell.scope,
    madeBy,
    steps,
    epoch: { from: epoch, to: epoch },
    redundancyDuring: `As now, without ${stale.memberId}, until it streams from ${writer.id}.`,
    staleServerId: stale.id,
    ledger: {
      lostWriteCount: stale.lostWriteCount ?? 0,
      openConflictCount,
      extractedAt: stale.extractedAt?.toISOString() ?? null,
    },
  }
  return { checks, plan }
}

/** Pure: does the plan still describe the world? Conflicts are decided meanwhile, which changes nothing of it. */
export function judgeReinstatement(
  plan: ReinstatementPlan,
  given: Reinstating,
  steps: ReinstatementPlan['steps'],
): Judgement {
  const { world, stale } = given
  const checks = checkReinstatement(given)
  const drift: Drift[] = [
    ...driftOfSteps(plan, steps),
    ...differs('write epoch', plan.epoch.from, world.epoch?.epoch ?? 'none'),
    ...differs('writer', plan.target.member, world.epoch?.activeMember ?? 'none'),
    ...differs('server', plan.source.member, stale.memberId),
    ...differs('unreplicated rows', plan.ledger.lostWriteCount, stale.lostWriteCount ?? 0),
    ...driftOfChecks(checks),
  ]
  return { checks, drift, unknown: checks.filter(({ outcome }) => outcome === 'unknown') }
}

import type { Check, Drift, LosslessPlan, MemberFingerprint, OperationPlan } from '@/model/schemas/plans'
import type { Judgement } from './judgement'
import { allows, reliableReport } from './safety-rules'
import { planSwitchover } from './switchover/plan-switchover'
import type { CellWorld } from './world/cell-world'

/**
 * Pure: does the plan still describe the world? Positions, lag and rates change every second and are held to their limits
 * by the checks; what identifies the servers, the writer and the law must be equal to the letter.
 */
export function decideDrift(plan: LosslessPlan, world: CellWorld, steps: LosslessPlan['steps']): Judgement {
  const { checks } = planSwitchover(world, { targetMember: plan.target.member, madeBy: plan.madeBy, steps })
  const differences = [
    ...driftOfSteps(plan, steps),
    ...driftOfEpoch(plan, world),
    ...driftOfMember('source', plan.source, world),
    ...driftOfMember('target', plan.target, world),
    ...driftOfLaw(plan, world),
    ...driftOfBounds(plan, world),
  ]
  return {
    drift: [...differences, ...driftOfChecks(checks)],
    unknown: checks.filter((check) => check.outcome === 'unknown'),
    checks,
  }
}

/** A rule that held when the plan was made and fails now. */
export function driftOfChecks(checks: readonly Check[]): Drift[] {
  return checks
    .filter((check) => check.outcome === 'failed')
    .map((check) => ({ what: check.title, planned: HOLDS, now: check.says }))
}

/** Stands beside what the rule says now, under its title: it needs no more words. */
const HOLDS = 'was so'

export function differs(what: string, planned: unknown, now: unknown): Drift[] {
  return String(planned) === String(now) ? [] : [{ what, planned: String(planned), now: String(now) }]
}

/** A newer console may run other steps under the same name: what was approved is what was shown. */
export function driftOfSteps(plan: Pick<OperationPlan, 'steps'>, steps: OperationPlan['steps']): Drift[] {
  return differs('steps', plan.steps.map((step) => step.name).join(', '), steps.map((step) => step.name).join(', '))
}

export function driftOfEpoch(plan: OperationPlan, world: CellWorld): Drift[] {
  if (!world.epoch) return [{ what: 'write epoch', planned: plan.epoch.from, now: 'none' }]
  return [
    ...differs('write epoch', plan.epoch.from, world.epoch.epoch),
    ...differs('writer', plan.source.member, world.epoch.activeMember),
  ]
}

export function driftOfMember(which: 'source' | 'target', planned: MemberFingerprint, world: CellWorld): Drift[] {
  const member = world.members.find((candidate) => candidate.id === planned.member)
  if (!member) return [{ what: `${which} server`, planned: planned.member, now: 'not in the estate' }]
  const moved = differs(`region of ${member.id}`, planned.region, member.region)
  const report = reliableReport(member, world.nowMs)
  if ('why' in report) return moved // the checks call it unknown
  return [
    ...moved,
    ...(report.systemIdentifier === null
      ? []
      : differs(`system identifier of ${member.id}`, planned.systemIdentifier, report.systemIdentifier)),
    ...(report.timeline === null ? [] : differs(`timeline of ${member.id}`, planned.timeline, report.timeline)),
  ]
}

export function driftOfLaw(plan: OperationPlan, world: CellWorld): Drift[] {
  const planned = plan.residency.policyVersions
  const now = Object.fromEntries(world.policies.map((policy) => [policy.code, policy.version]))
  const codes = [...new Set([...Object.keys(planned), ...Object.keys(now)])].sort()
  const versions = codes.flatMap((code) => differs(`policy ${code}`, version(planned[code]), version(now[code])))
  const violated = world.policies.filter((policy) => !allows(policy, plan.target.region)).length
  return [
    ...versions,
    ...differs('tenants affected', plan.blastRadius.tenantCount, world.tenantCount),
    ...differs('policies violated', plan.residency.violations.length, violated),
  ]
}

function version(number: number | undefined): string {
  return number === undefined ? 'not affected' : `version ${number}`
}

function driftOfBounds(plan: LosslessPlan, world: CellWorld): Drift[] {
  return differs('lag limit in ms', plan.bounds.lagMsMax, world.cell.lagMsMax)
}

/** The differences as one sentence part without a full stop, for a refusal and for the audit trail. A failed rule speaks for itself. */
export function describeDrift(drift: readonly Drift[]): string {
  return drift
    .map(({ what, planned, now }) => (planned === HOLDS ? now : `${what} was ${planned}, now: ${now}`))
    .map((part) => part.replace(/\.+$/, ''))
    .join('; ')
}

import type { Check, SwitchoverPlan } from '@/model/schemas/plans'
import { describeBlastRadius, describeResidency } from '../describe-impact'
import { DRAIN_MS_MAX, REPLAY_MS_MAX } from '../limits'
import { checkSwitchover, reliableReport } from '../safety-rules'
import { type CellWorld, type MemberWorld, sourceOf } from '../world/cell-world'
import { estimateWritePause } from './estimate-write-pause'

export type PlanOrder = {
  /** Null: the best candidate is chosen. */
  targetMember: string | null
  madeBy: string
  steps: SwitchoverPlan['steps']
  thenAsk?: boolean
}

export type SwitchoverChoice = {
  candidates: { member: string; region: string; usable: boolean; says: string }[]
  target: string | null
  checks: Check[]
  /** Null when a check did not pass: no safe candidate is a legitimate answer. */
  plan: SwitchoverPlan | null
}

/** Pure: the world in, a plan or the reasons against it out. Time is the world's own `nowMs`. */
export function planSwitchover(world: CellWorld, order: PlanOrder): SwitchoverChoice {
  const source = sourceOf(world)
  const judged = world.members
    .filter((member) => member.id !== source?.id)
    .map((target) => ({ target, checks: checkSwitchover(world, source, target) }))
  const chosen = order.targetMember
    ? judged.find(({ target }) => target.id === order.targetMember)
    : (judged.find(({ checks }) => checks.every(isPassed)) ?? judged[0])
  const checks = chosen?.checks ?? checkSwitchover(world, source, null)
  return {
    candidates: judged.map(({ target, checks }) => candidate(target, checks)),
    target: chosen?.target.id ?? null,
    checks,
    plan: source && chosen && checks.every(isPassed) ? describePlan(world, source, chosen.target, order) : null,
  }
}

export function isPassed(check: Check): boolean {
  return check.outcome === 'passed'
}

function candidate(target: MemberWorld, checks: readonly Check[]): SwitchoverChoice['candidates'][number] {
  const against =
    checks.find((check) => check.outcome === 'failed') ?? checks.find((check) => check.outcome === 'unknown')
  const lag = checks.find((check) => check.rule === 'lag-within-limit')
  return { member: target.id, region: target.region, usable: !against, says: against?.says ?? lag?.says ?? 'Usable.' }
}

/** Called only when every check passed, so the facts that the checks demand are there. */
export function describePlan(
  world: CellWorld,
  source: MemberWorld,
  target: MemberWorld,
  order: PlanOrder,
): SwitchoverPlan {
  const epoch = world.epoch!.epoch
  const observedAtMs = Math.min(source.report!.observedAtMs, target.report!.observedAtMs)
  return {
    version: 1,
    kind: 'planned-switchover',
    madeBy: order.madeBy,
    cell: world.cell.id,
    scope: world.cell.scope,
    source: fingerprint(source, world.nowMs),
    target: fingerprint(target, world.nowMs),
    epoch: { from: String(epoch), to: String(epoch + 1n) },
    steps: order.steps,
    bounds: { lagMsMax: world.cell.lagMsMax, drainMs: DRAIN_MS_MAX, replayMs: REPLAY_MS_MAX },
    observed: {
      lagBytes: target.lag?.bytes?.toString() ?? null,
      heartbeatAgeMs: target.lag?.heartbeatAgeMs ?? null,
      at: new Date(observedAtMs).toISOString(),
      vantage: target.report!.vantage,
    },
    loss: {
      kind: 'none',
      seconds: 0,
      bytes: '0',
      transactions: '0',
      basis: `Nothing is promoted before ${target.id} has replayed the last position of the fenced ${source.id} on the same timeline.`,
      until: null,
    },
    writePauseEstimate: estimateWritePause(world, source, target),
    blastRadius: describeBlastRadius(world, target),
    residency: describeResidency(world, target),
    redundancyDuring: describeRedundancy(world, source, target),
    overrides: [],
    ...(order.thenAsk && { thenAsk: true }),
  }
}

function fingerprint(member: MemberWorld, nowMs: number): SwitchoverPlan['source'] {
  const report = reliableReport(member, nowMs)
  if ('why' in report) throw new TypeError(`A plan needs facts about ${member.id}: ${report.why}`)
  return {
    member: member.id,
    region: member.region,
    systemIdentifier: report.systemIdentifier!,
    timeline: report.timeline!,
    lsn: report.lsn ?? 'unknown',
  }
}

function describeRedundancy(world: CellWorld, source: MemberWorld, target: MemberWorld): string {
  const others = world.members.filter((member) => member.id !== source.id && member.id !== target.id)
  if (others.length === 0)
    return `No second copy from the promotion of ${target.id} until ${source.id} streams as its standby.`
  return `${others.map((member) => member.id).join(', ')} must follow the new primary; ${source.id} is rebuilt as a standby.`
}

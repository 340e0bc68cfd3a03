import type { FailoverCandidate } from '@/model/schemas/failovers'
import type { Check, Finding, ForcedFailoverPlan, LossBound, Override } from '@/model/schemas/plans'
import { describeBlastRadius, describeResidency } from '../describe-impact'
import { DRAIN_MS_MAX, REPLAY_MS_MAX } from '../limits'
import { reliableReport } from '../safety-rules'
import { type CellWorld, type MemberWorld, sourceOf } from '../world/cell-world'
import { decideLoss } from './decide-loss'
import { estimateOutage } from './estimate-outage'
import { decideMeans } from './fence-means'
import { checkForced, isAgainst, usedOverrides } from './forced-rules'
import { bytesBetween } from './positions'
import { writesBefore } from './writes-before'

export type ForcedOrder = {
  /** Null: the best candidate is chosen. */
  targetMember: string | null
  madeBy: string
  steps: ForcedFailoverPlan['steps']
  overrides: readonly Override[]
  isBreakGlass: boolean
  isDeclared: boolean
  /** The loss of an earlier plan that is held against the world; absent for a new plan. */
  approvedLoss?: LossBound
}

export type ForcedChoice = {
  finding: Finding
  candidates: FailoverCandidate[]
  target: string | null
  checks: Check[]
  means: ForcedFailoverPlan['fence']['means']
  loss: LossBound
  /** Null when something that is not overridden speaks against it: no safe candidate is a legitimate answer. */
  plan: ForcedFailoverPlan | null
}

/** Pure: the world in, a plan or the reasons against it out. Time is the world's own `nowMs`. */
export function planForcedFailover(world: CellWorld, order: ForcedOrder): ForcedChoice {
  const source = sourceOf(world)
  const means = source ? decideMeans({ world, source, path: order }) : []
  const judge = (target: MemberWorld | null) => {
    const until = order.approvedLoss?.until ?? null
    const untilMs = until === null ? null : Date.parse(until)
    const loss = decideLoss(world, source, target, { untilMs, isPlanned: order.approvedLoss === undefined })
    return {
      loss,
      checks: checkForced({ world, source, target, loss, means, isDeclared: order.isDeclared }, order.overrides),
    }
  }
  const judged = world.members
    .filter((member) => member.id !== source?.id)
    .map((target) => ({ target, ...judge(target) }))
  const chosen = order.targetMember ? judged.find(({ target }) => target.id === order.targetMember) : bestOf(judged)
  const { checks, loss } = chosen ?? judge(null)
  const isFree = source !== null && chosen !== undefined && !checks.some(isAgainst)
  return {
    finding: source?.finding ?? noSource,
    candidates: judged.map(candidate),
    target: chosen?.target.id ?? null,
    checks,
    means,
    loss,
    plan: isFree ? describePlan(world, { source, target: chosen.target, checks, loss, means }, order) : null,
  }
}

const noSource: Finding = {
  name: 'NotObserved',
  says: 'The catalog names no writer for this cell.',
  since: null,
  vantages: [],
}

type Judged = { target: MemberWorld; checks: Check[]; loss: LossBound }

/** One that nothing speaks against before one that something does; among equals the one that has received most. */
function bestOf(judged: readonly Judged[]): Judged | undefined {
  return [...judged].sort(
    (a, b) => against(a) - against(b) || Number(hasReceivedMore(b, a)) - Number(hasReceivedMore(a, b)),
  )[0]
}

/** What is not known is less than anything that is. */
function hasReceivedMore(one: Judged, other: Judged): boolean {
  const [mine, theirs] = [receivedBy(one), receivedBy(other)]
  return (bytesBetween(theirs, mine) ?? (mine !== null && theirs === null ? 1n : 0n)) > 0n
}

function against({ checks }: Judged): number {
  return checks.filter(isAgainst).length
}

function receivedBy({ target }: Judged): string | null {
  return target.report?.receivedLsn ?? target.report?.lsn ?? null
}

function candidate({ target, checks, loss }: Judged): FailoverCandidate {
  const against = checks.find((check) => isAgainst(check) && check.outcome === 'failed') ?? checks.find(isAgainst)
  const bounded = checks.find((check) => check.rule === 'loss-is-bounded')
  return {
    member: target.id,
    region: target.region,
    usable: !against,
    says: against?.says ?? bounded?.says ?? 'Usable.',
    loss,
  }
}

type Chosen = {
  source: MemberWorld
  target: MemberWorld
  checks: readonly Check[]
  loss: LossBound
  means: ForcedChoice['means']
}

/** Called only when nothing speaks against it, so the facts about the target that the rules demand are there. */
function describePlan(
  world: CellWorld,
  { source, target, checks, loss, means }: Chosen,
  order: ForcedOrder,
): ForcedFailoverPlan {
  const epoch = world.epoch!.epoch
  const report = reliableReport(target, world.nowMs)
  if ('why' in report) throw new TypeError(`A plan needs facts about ${target.id}: ${report.why}`)
  return {
    version: 1,
    kind: 'forced-failover',
    madeBy: order.madeBy,
    cell: world.cell.id,
    scope: world.cell.scope,
    source: {
      member: source.id,
      region: source.region,
      systemIdentifier: source.report?.systemIdentifier ?? null,
      timeline: source.report?.timeline ?? null,
      lsn: source.report?.lsn ?? null,
      lastSeenAt: source.report?.lastReachableAtMs ? new Date(source.report.lastReachableAtMs).toISOString() : null,
    },
    target: {
      member: target.id,
      region: target.region,
      systemIdentifier: report.systemIdentifier!,
      timeline: report.timeline!,
      lsn: report.receivedLsn ?? report.lsn ?? 'unknown',
    },
    epoch: { from: String(epoch), to: String(epoch + 1n) },
    steps: order.steps,
    bounds: { lagMsMax: world.cell.lagMsMax, drainMs: DRAIN_MS_MAX, replayMs: REPLAY_MS_MAX },
    observed: {
      lagBytes: target.lag?.bytes?.toString() ?? null,
      heartbeatAgeMs: report.heartbeatAtMs === null ? null : Math.max(0, world.nowMs - report.heartbeatAtMs),
      at: new Date(report.observedAtMs).toISOString(),
      vantage: report.vantage,
    },
    finding: source.finding,
    fence: { means },
    isBreakGlass: order.isBreakGlass,
    ...(order.isDeclared && { isDeclared: true as const }),
    loss,
    writePauseEstimate: estimateOutage(world, { source, target, means }),
    blastRadius: describeBlastRadius({ ...world, writesPerSecond: writesBefore(world) }, target),
    residency: describeResidency(world, target),
    redundancyDuring: describeRedundancy(world, source, target),
    overrides: usedOverrides(checks),
  }
}

function describeRedundancy(world: CellWorld, source: MemberWorld, target: MemberWorld): string {
  const others = world.members.filter((member) => member.id !== source.id && member.id !== target.id)
  const back = `${source.id} is closed and read out when it returns, and is a standby again once it has been rebuilt.`
  if (others.length === 0)
    return `No second copy from the promotion of ${target.id} until ${source.id} streams as its standby. ${back}`
  return `${others.map((member) => member.id).join(', ')} must follow the new primary. ${back}`
}

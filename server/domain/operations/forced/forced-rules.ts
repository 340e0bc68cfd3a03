import { formatBytes, formatMs } from '@/model/format'
import { forcedRuleTitles } from '@/model/rule-titles'
import type { Check, FenceMean, LossBound, Override } from '@/model/schemas/plans'
import { failed, passed, unknown, type Verdict } from '@/model/verdict'
import { CLOCK_SKEW_MS_MAX } from '@/server/engines/contract'
import { headroomOf } from '../describe-impact'
import { FACTS_AGE_MS_MAX } from '../limits'
import {
  clocksDiffer,
  judgeAlone,
  judgeHolds,
  judgeMigrations,
  judgeResidency,
  judgeWritableRegions,
  reliableReport,
  whyUnnoted,
} from '../safety-rules'
import type { CellWorld, MemberReportWorld, MemberWorld } from '../world/cell-world'
import { HEADROOM_PERCENT_MIN } from './limits'
import { bytesBetween } from './positions'
import { writesBefore } from './writes-before'

export type ForcedCase = {
  world: CellWorld
  source: MemberWorld | null
  target: MemberWorld | null
  loss: LossBound
  means: readonly FenceMean[]
  /** People asked for a plan that stands on their word. */
  isDeclared: boolean
}

/** What must hold before a failover without the old primary's help is offered, asked for or started: one rule, one check. */
export const forcedRules = {
  'one-operation-per-scope': {
    title: forcedRuleTitles['one-operation-per-scope'],
    isOverridable: false,
    judge: judgeAlone,
  },
  'no-hold': { title: forcedRuleTitles['no-hold'], isOverridable: true, judge: judgeHolds },
  'no-migration-running': {
    title: forcedRuleTitles['no-migration-running'],
    isOverridable: true,
    judge: judgeMigrations,
  },
  'primary-is-not-healthy': {
    title: forcedRuleTitles['primary-is-not-healthy'],
    isOverridable: true,
    judge: judgePrimary,
  },
  'target-seen-fresh': { title: forcedRuleTitles['target-seen-fresh'], isOverridable: false, judge: judgeTargetSeen },
  'target-is-a-standby-of-the-family': {
    title: forcedRuleTitles['target-is-a-standby-of-the-family'],
    isOverridable: false,
    judge: judgeFamily,
  },
  'target-is-the-most-advanced': {
    title: forcedRuleTitles['target-is-the-most-advanced'],
    isOverridable: false,
    judge: judgeAdvance,
  },
  'gate-protects-every-table': {
    title: forcedRuleTitles['gate-protects-every-table'],
    isOverridable: false,
    judge: judgeGate,
  },
  'loss-is-bounded': { title: forcedRuleTitles['loss-is-bounded'], isOverridable: true, judge: judgeLoss },
  'residency-of-every-affected-tenant': {
    title: forcedRuleTitles['residency-of-every-affected-tenant'],
    isOverridable: false,
    judge: judgeResidency,
  },
  'capacity-headroom': { title: forcedRuleTitles['capacity-headroom'], isOverridable: true, judge: judgeHeadroom },
  'fence-is-possible': { title: forcedRuleTitles['fence-is-possible'], isOverridable: false, judge: judgeMeans },
  'enough-writable-regions': {
    title: forcedRuleTitles['enough-writable-regions'],
    isOverridable: true,
    judge: judgeWritableRegions,
  },
  'cool-down': { title: forcedRuleTitles['cool-down'], isOverridable: true, judge: judgeRest },
  'clock-skew': { title: forcedRuleTitles['clock-skew'], isOverridable: false, judge: judgeClock },
} as const satisfies Record<string, { title: string; isOverridable: boolean; judge: (given: ForcedCase) => Verdict }>

export type ForcedRule = keyof typeof forcedRules

/** Pure. A check that did not pass stays what it is when it is overridden; it only says that somebody took it upon themselves. */
export function checkForced(given: ForcedCase, overrides: readonly Override[]): Check[] {
  return Object.entries(forcedRules).map(([rule, { title, isOverridable, judge }]) => {
    const check: Check = { rule, title, isOverridable, ...judge(given) }
    const override = overrides.find((one) => one.rule === rule)
    if (!override || !isOverridable || check.outcome === 'passed') return check
    return { ...check, overriddenBecause: override.reason }
  })
}

/** Whether it speaks against the plan. */
export function isAgainst(check: Check): boolean {
  return check.outcome !== 'passed' && check.overriddenBecause === undefined
}

/** The overrides that this plan stands on: one that is not needed is not shown to the approvers. */
export function usedOverrides(checks: readonly Check[]): Override[] {
  return checks.flatMap(({ rule, overriddenBecause }) =>
    overriddenBecause === undefined ? [] : [{ rule, reason: overriddenBecause }],
  )
}

function judgePrimary({ world, source }: ForcedCase): Verdict {
  if (!source || !world.epoch) return unknown('The catalog names no writer for this cell.')
  const { name, says } = source.finding
  if (name === 'ServerHealthy') return failed(`${says} Switch it over instead: that loses nothing.`)
  if (name === 'NotObserved') return unknown(says)
  return passed(says)
}

function judgeTargetSeen({ world, target }: ForcedCase): Verdict {
  if (!target) return failed('The cell has no other member that could take over.')
  const report = reliableReport(target, world.nowMs)
  if ('why' in report) return unknown(report.why)
  return passed(`${target.id} was observed less than ${formatMs(FACTS_AGE_MS_MAX)} ago.`)
}

function judgeFamily({ world, source, target }: ForcedCase): Verdict {
  if (!source || !target) return unknown('There is nothing to compare.')
  const to = reliableReport(target, world.nowMs)
  if ('why' in to) return unknown(to.why)
  if (['WrongServer', 'TimelineDiverged', 'StaleEpochServer', 'TwoWriters'].includes(target.finding.name))
    return failed(target.finding.says)
  if (to.role !== 'standby') return failed(`${target.id} is a ${to.role ?? 'server of unknown role'}, not a standby.`)
  const from = source.report
  if (!from?.systemIdentifier || from.timeline === null)
    return unknown(`The family and the timeline of ${source.id} were never seen.`)
  if (!to.systemIdentifier || to.timeline === null)
    return unknown(`The family or the timeline of ${target.id} is not known.`)
  if (to.systemIdentifier !== from.systemIdentifier)
    return failed(
      `${target.id} belongs to another database family: ${to.systemIdentifier}, not ${from.systemIdentifier}.`,
    )
  if (to.timeline !== from.timeline)
    return failed(`${target.id} is on timeline ${to.timeline}, ${source.id} was on ${from.timeline}.`)
  return judgeInheritedGate(world, source, target, to)
}

/**
 * Timelines of two histories may share a number; the gate's row, which came over with the log, tells them apart. A run that
 * went back without reaching the old primary leaves the catalog ahead of its gate: what the gate was last seen at counts then.
 */
function judgeInheritedGate(
  world: CellWorld,
  source: MemberWorld,
  target: MemberWorld,
  { gate, timeline }: MemberReportWorld,
): Verdict {
  if (!gate || !world.epoch) return unknown(`The gate of ${target.id} is not known.`)
  const lastSeen = source.report?.gate?.epoch ?? world.epoch.epoch
  const isInherited = gate.epoch <= world.epoch.epoch && gate.epoch >= lastSeen && gate.region === source.region
  if (!isInherited)
    return failed(
      `${target.id} holds a gate of epoch ${gate.epoch} in ${gate.region}, not the one of ${source.id} at epoch ${lastSeen}.`,
    )
  return passed(
    `${target.id} is a standby of ${source.id} on timeline ${timeline}, and holds its gate of epoch ${gate.epoch}.`,
  )
}

function judgeAdvance({ world, source, target }: ForcedCase): Verdict {
  if (!target) return unknown('There is nothing to compare.')
  const mine = reliableReport(target, world.nowMs)
  if ('why' in mine) return unknown(mine.why)
  const others = world.members.filter((member) => member.id !== target.id && member.id !== source?.id)
  for (const other of others) {
    const theirs = reliableReport(other, world.nowMs)
    if ('why' in theirs || theirs.role !== 'standby' || theirs.timeline !== mine.timeline) continue
    const ahead = bytesBetween(mine.receivedLsn ?? mine.lsn, theirs.receivedLsn ?? theirs.lsn)
    if (ahead === null) return unknown(`How far ${target.id} and ${other.id} are apart is not known.`)
    if (ahead > 0n) return failed(`${other.id} has received ${formatBytes(ahead)} more than ${target.id}.`)
  }
  if (others.length === 0) return passed(`${target.id} is the only standby.`)
  return passed(`No standby that can be seen has received more than ${target.id}.`)
}

function judgeGate({ world, target }: ForcedCase): Verdict {
  if (!target) return unknown('There is nothing to look at.')
  const report = reliableReport(target, world.nowMs)
  if ('why' in report) return unknown(report.why)
  if (!report.gate) return unknown(`The gate of ${target.id} is not known.`)
  if (report.unprotected.length > 0)
    return failed(`Tables without a working gate on ${target.id}: ${report.unprotected.join(', ')}.`)
  return passed(`Every protected table of ${target.id} has its gate, enabled.`)
}

function judgeLoss({ loss }: ForcedCase): Verdict {
  if (loss.kind === 'none') return passed('Nothing is lost.')
  if (loss.seconds === null) return unknown(`Nobody can say how much would be lost: ${loss.basis}`)
  const until = loss.until === null ? '' : `, if it is fenced by ${loss.until.slice(11, 19)}Z`
  return passed(
    `At most the last ${formatMs(loss.seconds * 1_000)} of acknowledged writes${until}.${sayObjective(loss)}`,
  )
}

/** More than was promised blocks nothing, since waiting may lose more still; it is said wherever the bound is. */
function sayObjective({ seconds, objectiveSeconds }: LossBound): string {
  if (seconds === null || objectiveSeconds === undefined || seconds <= objectiveSeconds) return ''
  return ` That is more than the ${objectiveSeconds} s that this cell promises to lose at most.`
}

function judgeHeadroom({ world, target }: ForcedCase): Verdict {
  if (!target) return unknown('There is nothing to look at.')
  const writes = writesBefore(world)
  const headroom = headroomOf(target, writes)
  if (target.writesMax === null) return unknown(`The capacity of ${target.id} is not declared.`)
  if (headroom === null)
    return unknown(
      'How much was written before is not known: the application does not report it, or most of what it tried failed.',
    )
  const says = `${target.id} would carry ${writes} of ${target.writesMax} writes a second: ${headroom} % stay free`
  if (headroom < HEADROOM_PERCENT_MIN) return failed(`${says}; at least ${HEADROOM_PERCENT_MIN} % must.`)
  return passed(`${says}.`)
}

function judgeMeans({ source, means, isDeclared }: ForcedCase): Verdict {
  if (!source) return unknown('The catalog names no writer for this cell.')
  const declared = means.find(({ strength }) => strength === 'DECLARED')
  if (isDeclared && declared && !declared.isPossible) return failed(declared.says)
  const possible = means.filter((mean) => mean.isPossible)
  if (possible.length > 0)
    return passed(`${source.id} can be fenced: ${possible.map(({ strength }) => strength).join(', ')}.`)
  return failed(`Nothing can fence ${source.id} now, so nothing may be promoted: it may still take writes.`)
}

function judgeRest({ world }: ForcedCase): Verdict {
  const unnoted = whyUnnoted(world)
  return unnoted ? failed(unnoted) : passed('No failover waits to be acknowledged.')
}

function judgeClock({ world, target }: ForcedCase): Verdict {
  if (!target) return unknown('There is nothing to compare.')
  const report = reliableReport(target, world.nowMs)
  if ('why' in report) return unknown(report.why)
  if (report.clockSkewMs === null) return unknown(`The clock of ${target.id} is not known.`)
  if (Math.abs(report.clockSkewMs) > CLOCK_SKEW_MS_MAX) return failed(clocksDiffer(target, report.clockSkewMs))
  return passed(`The clock of ${target.id} is within ${formatMs(CLOCK_SKEW_MS_MAX)}.`)
}

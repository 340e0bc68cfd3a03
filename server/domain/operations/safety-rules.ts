import { counted, formatBytes, formatMs } from '@/model/format'
import { sayAfterColon } from '@/model/probe-words'
import type { Check } from '@/model/schemas/plans'
import { failed, passed, unknown, type Verdict } from '@/model/verdict'
import { CLOCK_SKEW_MS_MAX } from '@/server/engines/contract'
import { COOL_DOWN_MS, FACTS_AGE_MS_MAX, OTHER_WRITABLE_REGIONS_MIN } from './limits'
import { sayTime } from './say-time'
import type { CellWorld, MemberReportWorld, MemberWorld, PastMove } from './world/cell-world'

/**
 * What must hold before a planned switchover is offered, asked for or started: one rule, one named check. Pure. A rule that
 * lacks a fact answers `unknown`, which blocks exactly as a failure does.
 */
export function checkSwitchover(world: CellWorld, source: MemberWorld | null, target: MemberWorld | null): Check[] {
  return Object.entries(rules).map(([rule, { title, isOverridable, judge }]) => ({
    rule,
    title,
    isOverridable,
    ...judge({ world, source, target }),
  }))
}

type Case = { world: CellWorld; source: MemberWorld | null; target: MemberWorld | null }
export const rules = {
  'one-operation-per-scope': { title: 'Nothing else is running or asked for', isOverridable: false, judge: judgeAlone },
  'no-hold': { title: 'Nothing holds operations back', isOverridable: false, judge: judgeHolds },
  'no-migration-running': {
    title: 'No tenant of the cell is being moved',
    isOverridable: false,
    judge: judgeMigrations,
  },
  'fresh-observation': { title: 'Both servers were seen just now', isOverridable: false, judge: judgeFreshness },
  'source-is-the-active-writer': { title: 'The source takes the writes', isOverridable: false, judge: judgeSource },
  'target-is-a-streaming-standby': {
    title: 'The target streams from the source',
    isOverridable: false,
    judge: judgeTarget,
  },
  'lag-within-limit': { title: 'The target is close behind', isOverridable: false, judge: judgeLag },
  'residency-of-every-affected-tenant': {
    title: 'Every tenant may be served there',
    isOverridable: false,
    judge: judgeResidency,
  },
  'no-prepared-transactions': {
    title: 'No prepared transaction is pending',
    isOverridable: false,
    judge: judgePrepared,
  },
  'gate-protects-every-table': { title: 'The gate covers every table', isOverridable: false, judge: judgeGate },
  'enough-writable-regions': {
    title: 'Other regions keep taking writes',
    isOverridable: true,
    judge: judgeWritableRegions,
  },
  'cool-down': { title: 'The cell has rested', isOverridable: true, judge: judgeCoolDown },
  'clock-skew': { title: 'The clocks agree', isOverridable: false, judge: judgeClocks },
} as const satisfies Record<string, { title: string; isOverridable: boolean; judge: (given: Case) => Verdict }>

export type SafetyRule = keyof typeof rules

/** The facts of a member if they may be relied on, else the sentence that says why not. */
export function reliableReport(member: MemberWorld, nowMs: number): MemberReportWorld | { why: string } {
  const report = member.report
  if (!report) return { why: `${member.id} has never been observed.` }
  if (nowMs - report.observedAtMs > FACTS_AGE_MS_MAX)
    return { why: `${member.id} was last observed at ${sayTime(report.observedAtMs)}: too old to count.` }
  if (!report.isReachable)
    return { why: `${member.id} is not reachable from ${report.vantage}: ${sayAfterColon(report.detail)}` }
  return report
}

export function judgeAlone({ world }: Pick<Case, 'world'>): Verdict {
  const running = world.operations[0]
  if (running) return failed(`Operation ${running.code} is ${running.status} on ${world.cell.scope}.`)
  const asked = world.requests[0]
  if (asked) return failed(`Request ${asked.code} on ${world.cell.scope} waits for a decision.`)
  return passed(`Nothing is running or waiting on ${world.cell.scope}.`)
}

/** An incident or maintenance was declared for the cell, one of its regions or one of its tenants. */
export function judgeHolds({ world }: Pick<Case, 'world'>): Verdict {
  const [hold] = world.holds
  if (!hold) return passed('No incident and no maintenance is declared here.')
  const more = world.holds.length > 1 ? ` (and ${counted(world.holds.length - 1, 'more hold')})` : ''
  return failed(
    `An ${hold.kind} hold lies on ${hold.level} ${hold.subject}${more}: ${hold.reason}`.replace('An m', 'A m'),
  )
}

export function judgeMigrations({ world }: Pick<Case, 'world'>): Verdict {
  if (world.migrations.length === 0) return passed('No tenant migration is under way.')
  return failed(`${counted(world.migrations.length, 'tenant migration is', 'tenant migrations are')} under way.`)
}

function judgeFreshness({ world, source, target }: Case): Verdict {
  if (!source) return unknown('The catalog names no writer for this cell.')
  if (!target) return unknown('There is no target to look at.')
  for (const member of [source, target]) {
    const report = reliableReport(member, world.nowMs)
    if ('why' in report) return unknown(report.why)
  }
  return passed(`${source.id} and ${target.id} were both observed less than ${formatMs(FACTS_AGE_MS_MAX)} ago.`)
}

function judgeSource({ world, source }: Case): Verdict {
  const epoch = world.epoch
  if (!epoch || !source) return unknown('The catalog names no writer for this cell.')
  if (epoch.status !== 'WRITABLE') return failed(`The catalog holds ${world.cell.scope} as ${epoch.status}.`)
  if (source.region !== epoch.activeRegion)
    return failed(`${source.id} is in ${source.region}, but the catalog says that ${epoch.activeRegion} is active.`)
  const report = reliableReport(source, world.nowMs)
  if ('why' in report) return unknown(report.why)
  if (report.role !== 'primary')
    return failed(`${source.id} is a ${report.role ?? 'server of unknown role'}, not a primary.`)
  if (!report.gate) return unknown(`The gate of ${source.id} is not known.`)
  if (report.gate.epoch !== epoch.epoch)
    return failed(`The gate of ${source.id} is at epoch ${report.gate.epoch}, the catalog at ${epoch.epoch}.`)
  if (report.gate.status !== 'WRITABLE') return failed(`The gate of ${source.id} is ${report.gate.status}.`)
  if (report.gate.region !== source.region)
    return failed(`The gate of ${source.id} names ${report.gate.region} instead of ${source.region}.`)
  return passed(`${source.id} is a primary, and its gate is WRITABLE at epoch ${epoch.epoch}.`)
}

function judgeTarget({ world, source, target }: Case): Verdict {
  if (!source) return unknown('The catalog names no writer for this cell.')
  if (!target) return failed('The cell has no other member that could take over.')
  const from = reliableReport(source, world.nowMs)
  if ('why' in from) return unknown(from.why)
  const to = reliableReport(target, world.nowMs)
  if ('why' in to) return unknown(to.why)
  if (to.role !== 'standby') return failed(`${target.id} is a ${to.role ?? 'server of unknown role'}, not a standby.`)
  if (!from.systemIdentifier || !to.systemIdentifier || from.timeline === null || to.timeline === null)
    return unknown('The system identifier or the timeline of one of them is not known.')
  if (from.systemIdentifier !== to.systemIdentifier)
    return failed(
      `${target.id} belongs to another database family: ${to.systemIdentifier}, not ${from.systemIdentifier}.`,
    )
  if (from.timeline !== to.timeline)
    return failed(`${target.id} is on timeline ${to.timeline}, ${source.id} on ${from.timeline}.`)
  if (to.receiverStatus !== 'streaming') return failed(`${target.id} receives nothing from a primary at the moment.`)
  if (to.upstreamMember === null) return unknown(`It is not known which server ${target.id} streams from.`)
  if (to.upstreamMember !== source.id) return failed(`${target.id} streams from ${to.upstreamMember}.`)
  return passed(`${target.id} streams from ${source.id} on timeline ${to.timeline}.`)
}

function judgeLag({ world, source, target }: Case): Verdict {
  if (!source || !target) return unknown('There is nothing to compare.')
  const lag = target.lag
  if (!lag || lag.sourceMember !== source.id) return unknown(`No lag of ${target.id} behind ${source.id} was measured.`)
  if (world.nowMs - lag.sampledAtMs > FACTS_AGE_MS_MAX)
    return unknown(`The lag of ${target.id} was last measured at ${sayTime(lag.sampledAtMs)}: too old to count.`)
  if (lag.state === 'unknown' || lag.state === 'disconnected')
    return unknown(`The lag of ${target.id} is not known: ${lag.state}.`)
  if (lag.heartbeatAgeMs === null) return unknown(`The heartbeat that ${target.id} has replayed has no known age.`)
  const says = `${target.id} is ${formatMs(lag.heartbeatAgeMs)} behind${lag.bytes === null ? '' : ` (${formatBytes(lag.bytes)})`}`
  if (lag.heartbeatAgeMs > world.cell.lagMsMax) return failed(`${says}; the limit is ${formatMs(world.cell.lagMsMax)}.`)
  return passed(`${says}, within the limit of ${formatMs(world.cell.lagMsMax)}.`)
}

export function judgeResidency({ world, target }: Pick<Case, 'world' | 'target'>): Verdict {
  if (!target) return unknown('There is no target region to judge.')
  const covered = world.policies.reduce((sum, policy) => sum + policy.tenantCount, 0)
  if (covered !== world.tenantCount)
    return unknown(`The policies cover ${covered} of ${counted(world.tenantCount, 'tenant')}.`)
  const violated = world.policies.filter((policy) => !allows(policy, target.region))
  if (violated.length > 0)
    return failed(
      `${violated.map(({ code, tenantCount }) => `${code} keeps ${counted(tenantCount, 'tenant')}`).join(' and ')} out of ${target.region}.`,
    )
  return passed(`All ${counted(world.tenantCount, 'tenant')} may be served from ${target.region} (100 % checked).`)
}

/** A policy that is not in force allows nothing: nobody decided that the tenant may go there. */
export function allows(policy: CellWorld['policies'][number], region: string): boolean {
  return policy.isInForce && policy.allowedRegions.includes(region)
}

function judgePrepared({ world, source }: Case): Verdict {
  const report = source && reliableReport(source, world.nowMs)
  if (!source || !report) return unknown('The catalog names no writer for this cell.')
  if ('why' in report) return unknown(report.why)
  if (report.preparedCount === null) return unknown(`Prepared transactions of ${source.id} are not known.`)
  if (report.preparedCount > 0)
    return failed(
      `${counted(report.preparedCount, 'prepared transaction is', 'prepared transactions are')} pending on ${source.id}: commit or roll back first, since it could land after the fence.`,
    )
  return passed(`No prepared transaction is pending on ${source.id}.`)
}

function judgeGate({ world, source, target }: Case): Verdict {
  if (!source || !target) return unknown('There is nothing to look at.')
  for (const member of [source, target]) {
    const report = reliableReport(member, world.nowMs)
    if ('why' in report) return unknown(report.why)
    if (!report.gate) return unknown(`The gate of ${member.id} is not known.`)
    if (report.unprotected.length > 0)
      return failed(`Tables without a working gate on ${member.id}: ${report.unprotected.join(', ')}.`)
  }
  return passed('Every protected table has its gate, enabled.')
}

export function judgeWritableRegions({ world, target }: Pick<Case, 'world' | 'target'>): Verdict {
  if (world.otherCells.length === 0) return passed('This is the only cell: nothing else depends on it.')
  const writable = new Set(world.otherCells.filter((cell) => cell.isWritable === true).map((cell) => cell.region))
  const unclear = new Set(world.otherCells.filter((cell) => cell.isWritable === null).map((cell) => cell.region))
  const says = `${counted(writable.size, 'other region takes', 'other regions take')} writes`
  if (writable.size >= OTHER_WRITABLE_REGIONS_MIN)
    return passed(`${says}${target ? ` while ${world.cell.id} moves` : ''}.`)
  if (writable.size + unclear.size >= OTHER_WRITABLE_REGIONS_MIN)
    return unknown(`${says}; ${counted(unclear.size, 'more is', 'more are')} not known.`)
  return failed(`${says}; at least ${OTHER_WRITABLE_REGIONS_MIN} must.`)
}

function judgeCoolDown({ world }: Case): Verdict {
  const unnoted = whyUnnoted(world)
  if (unnoted) return failed(unnoted)
  const { lastSwitchover: planned, lastFailover: forced, nowMs } = world
  if (planned && nowMs - planned.finishedAtMs < COOL_DOWN_MS)
    return failed(`${sayMove(planned, nowMs)}; the cell rests for ${formatMs(COOL_DOWN_MS)}.`)
  if (forced && forced.finishedAtMs > (planned?.finishedAtMs ?? 0))
    return passed(`${sayMove(forced, nowMs)}${forced.wentBack ? '' : ' and was acknowledged'}.`)
  return passed(planned ? `${sayMove(planned, nowMs)}.` : 'The writer of this cell has not moved before.')
}

function sayMove({ code, wentBack, finishedAtMs }: PastMove, nowMs: number): string {
  const did = wentBack ? 'fenced the writer and went back' : 'moved the writer'
  return `${code} ${did} ${formatMs(Math.max(0, nowMs - finishedAtMs))} ago`
}

/** After a forced failover a cell rests until somebody has acknowledged what it cost. Null: it need not. */
export function whyUnnoted({ unacknowledgedFailover: last }: CellWorld): string | null {
  if (!last) return null
  return `${last.code} failed this cell over at ${sayTime(last.finishedAtMs)} and must be acknowledged. Open ${last.code} and acknowledge it.`
}

/** Which of the two clocks is wrong cannot be told from here, so neither is blamed. */
export function clocksDiffer({ id }: Pick<MemberWorld, 'id'>, skewMs: number): string {
  return `The clocks of ${id} and of this console differ by ${formatMs(Math.abs(skewMs))}; the limit is ${formatMs(CLOCK_SKEW_MS_MAX)}. Set right the one that is wrong.`
}

function judgeClocks({ world, source, target }: Case): Verdict {
  if (!source || !target) return unknown('There is nothing to compare.')
  for (const member of [source, target]) {
    const report = reliableReport(member, world.nowMs)
    if ('why' in report) return unknown(report.why)
    if (report.clockSkewMs === null) return unknown(`The clock of ${member.id} is not known.`)
    if (Math.abs(report.clockSkewMs) > CLOCK_SKEW_MS_MAX) return failed(clocksDiffer(member, report.clockSkewMs))
  }
  return passed(`Both clocks are within ${formatMs(CLOCK_SKEW_MS_MAX)}.`)
}

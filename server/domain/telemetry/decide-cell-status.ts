import { counted, formatSpan } from '@/model/format'
import type { Status } from '@/model/observations'
import type { OperationState } from '@/model/states'
import { isWriter, type MemberSight } from './decide-member-status'
import { decideWorstStatus } from './decide-worst-status'
import { isAbandoned, isFresh, MEMBER_INTERVAL_MS } from './intervals'
import { isLeftBehind, type LeftBehindSight, sayLeftBehind, sayToNote, standbyLags } from './say-left-behind'
import { sayList, sayTime } from './sentences'

/** A switchover closes the gate for seconds; closed for longer than this, a running one is in trouble. */
const CLOSED_MS_MAX = 15_000

export type CellSight = LeftBehindSight & {
  epoch: bigint
  epochStatus: string
  members: readonly MemberSight[]
  /** Fresh reads of the active member by the vantages. */
  reach: { okCount: number; failingCount: number }
  /** Since when no vantage's write was accepted by the active member; null when one was or nobody tries. */
  noWriteSince: Date | null
  /** For how long the application's writes have all failed, by its own report; null when one did not, or nobody reports. */
  noAckMs: number | null
  /** Past the point of no return it can only go forward. */
  operation: { kind: string; status: OperationState; isPastReturn: boolean } | null
}

export type CellJudgement = { status: Status; says: string }

/** The one sentence about a cell, worst first. Two writers outrank everything: no other trouble makes that one wait. */
export function decideCellStatus(
  cell: CellSight,
  { nowMs, intervalMs = MEMBER_INTERVAL_MS }: { nowMs: number; intervalMs?: number },
): CellJudgement {
  const fresh = cell.members.filter((member) => isFresh(member.observedAt, nowMs, intervalMs))
  const writers = fresh.filter(isWriter)
  if (writers.length > 1)
    return {
      status: 'crit',
      says: `Two writers: ${sayList(writers.map((member) => member.id))} take writes at the same time.`,
    }
  const { operation } = cell
  if (!operation) return judgeResting(cell, fresh, nowMs, intervalMs) ?? judgeHealthy(cell)
  const closed = sayClosed(fresh.find((member) => member.isActive))
  if (operation.status === 'running' || operation.status === 'undoing')
    return judgeMoving(cell, operation, { closed, fresh, nowMs, intervalMs })
  return (
    judgeHalted(operation, closed) ?? joinWorse(judgeOperation(operation), judgeResting(cell, fresh, nowMs, intervalMs))
  )
}

/** What is wrong while nothing moves. A writer in trouble without a second copy is told with that: it decides what to do. */
function judgeResting(
  cell: CellSight,
  fresh: readonly MemberSight[],
  nowMs: number,
  intervalMs: number,
): CellJudgement | null {
  const trouble = judgeActive(cell, nowMs, intervalMs)
  if (!trouble) return judgeNoAcks(cell, judgeOthers(cell, fresh))
  const left = sayLeftBehind(cell)
  return left ? { ...trouble, says: `${trouble.says} ${left}` } : trouble
}

/** The vantages write and the application cannot: whose fault it is nobody knows from here, so both are said. */
function judgeNoAcks(cell: CellSight, others: CellJudgement | null): CellJudgement | null {
  if (cell.noAckMs === null) return others
  const writer = cell.members.find((member) => member.isActive)?.id
  const says = `The application has had no write acknowledged for ${formatSpan(cell.noAckMs)}; ${writer} itself takes writes.`
  return { status: 'warn', says: others ? `${says} ${others.says}` : says }
}

type Operation = NonNullable<CellSight['operation']>

function judgeOperation(operation: Operation): CellJudgement {
  const kind = sayKind(operation)
  if (operation.status === 'needs-human') return { status: 'crit', says: `A ${kind} is stuck and needs a person.` }
  return { status: operation.status === 'paused' ? 'warn' : 'active', says: `A ${kind} is ${operation.status}.` }
}

/** Nothing will open the gate again until a person acts, and meanwhile every tenant of the cell is refused. */
function judgeHalted(operation: Operation, closed: string | null): CellJudgement | null {
  if (closed === null) return null
  const kind = sayKind(operation)
  if (operation.status === 'paused')
    return {
      status: 'crit',
      says: `Takes no writes: the ${kind} is paused and ${closed}. ${operation.isPastReturn ? 'Resume it.' : 'Resume or abort it.'}`,
    }
  if (operation.status === 'needs-human')
    return { status: 'crit', says: `Takes no writes: the ${kind} is stuck and ${closed}. Retry it.` }
  return null
}

/** What a switchover itself causes is expected while it moves, but not for ever; everything else still counts. */
function judgeMoving(
  cell: CellSight,
  operation: Operation,
  seen: { closed: string | null; fresh: readonly MemberSight[]; nowMs: number; intervalMs: number },
): CellJudgement {
  const { closed, fresh, nowMs, intervalMs } = seen
  const moving = judgeOperation(operation)
  const disturbed = judgeWays(cell, followingLags(cell, fresh))
  if (closed === null) return joinWorse(moving, judgeActive(cell, nowMs, intervalMs) ?? disturbed)
  const unprotected = fresh.find((member) => member.isActive)?.unprotected ?? []
  if (unprotected.length > 0) return joinWorse(moving, judgeActive(cell, nowMs, intervalMs))
  const since = cell.noWriteSince
  if (since && nowMs - since.getTime() > CLOSED_MS_MAX)
    return {
      status: 'warn',
      says: `Takes no writes since ${sayTime(since, nowMs)}: the ${sayKind(operation)} is ${operation.status} and ${closed}.`,
    }
  return joinWorse(moving, disturbed)
}

/** Both are said, the worse one first: an operation hides no trouble, and no trouble hides an operation. */
function joinWorse(operation: CellJudgement, trouble: CellJudgement | null): CellJudgement {
  if (!trouble) return operation
  const status = decideWorstStatus([operation.status, trouble.status])
  const told = status === operation.status ? [operation, trouble] : [trouble, operation]
  return { status, says: told.map(({ says }) => says).join(' ') }
}

/** What keeps a member that answers from taking writes; null when nothing does, or when it is not seen now. */
function sayClosed(active: MemberSight | undefined): string | null {
  if (active?.state !== 'reachable' || active.role === null) return null
  if (active.gateStatus !== null && active.gateStatus !== 'WRITABLE')
    return `the gate of ${active.id} is ${active.gateStatus}`
  if (active.role !== 'primary') return `${active.id} is a standby`
  if (active.gateStatus !== null && active.gateRegion !== active.region)
    return `the gate of ${active.id} names ${active.gateRegion ?? 'no region'}`
  return null
}

function sayKind(operation: Operation): string {
  return operation.kind.replaceAll('-', ' ')
}

function judgeActive(cell: CellSight, nowMs: number, intervalMs: number): CellJudgement | null {
  const active = cell.members.find((member) => member.isActive)
  if (!active) return { status: 'unknown', says: 'No member is named as the active one.' }
  if (active.observedAt === null) return { status: 'unknown', says: `${active.id} has not been observed yet.` }
  const isOld = active.state === 'unreachable' ? isAbandoned : isNotFresh
  if (isOld(active.observedAt, nowMs, intervalMs))
    return {
      status: 'unknown',
      says: `${active.id} was last observed ${formatSpan(nowMs - active.observedAt.getTime())} ago.`,
    }
  if (active.state !== 'reachable') return judgeUnreachable(active, cell)
  if (active.role !== 'primary') return { status: 'crit', says: `${active.id} should take writes but is a standby.` }
  if (active.unprotected.length > 0)
    return {
      status: 'crit',
      says: `Gate triggers are missing or disabled on ${sayList(active.unprotected)} of ${active.id}.`,
    }
  if (active.gateStatus === null)
    return { status: 'crit', says: `${active.id} has no gate: a fence there would prove nothing.` }
  if (active.gateStatus !== 'WRITABLE')
    return { status: 'crit', says: `The gate of ${active.id} is ${active.gateStatus}: the cell takes no writes.` }
  if (active.gateRegion !== active.region)
    return {
      status: 'crit',
      says: `The gate of ${active.id} names ${active.gateRegion ?? 'no region'}: the cell takes no writes.`,
    }
  if (active.gateEpoch !== cell.epoch)
    return {
      status: 'crit',
      says: `The gate of ${active.id} is at epoch ${active.gateEpoch ?? 'unknown'}, the catalog at ${cell.epoch}.`,
    }
  return null
}

/** The console's own region may be the one that is cut off: what the other vantages see is said beside it. */
function judgeUnreachable(active: MemberSight, { reach }: CellSight): CellJudgement {
  const vantages = reach.okCount + reach.failingCount
  if (reach.okCount > 0)
    return {
      status: 'warn',
      says: `${active.id} does not answer the console, but answers ${reach.okCount} of ${counted(vantages, 'vantage')}.`,
    }
  return {
    status: 'crit',
    says: `${active.id} does not answer${vantages > 0 ? ` from ${vantages} of ${counted(vantages, 'vantage')}` : ''}.`,
  }
}

function judgeOthers(cell: CellSight, fresh: readonly MemberSight[]): CellJudgement | null {
  const left = sayLeftBehind(cell)
  const standbys = judgeStandbys(cell, fresh)
  if (!left) return standbys
  const says = `${sayWriter(cell)}. ${left}`
  return { status: 'warn', says: standbys ? `${says} ${standbys.says}` : says }
}

/** Of those that are meant to follow; a server that a failover left behind is another matter. */
function judgeStandbys(cell: CellSight, fresh: readonly MemberSight[]): CellJudgement | null {
  const lags = standbyLags(cell)
  const stray = fresh.find(
    (member) => !member.isActive && member.role === 'primary' && !isLeftBehind(cell.leftBehind, member.id),
  )
  if (stray) return { status: 'warn', says: `${stray.id} is a closed server of an earlier epoch, not a standby.` }
  const cutOff = judgeWays(cell, lags)
  if (cutOff) return cutOff
  const unknown = lags.filter((lag) => lag.status === 'unknown').map((lag) => lag.targetMember)
  if (unknown.length > 0) return { status: 'warn', says: `Lag of ${sayList(unknown)} is unknown.` }
  const behind = lags.filter((lag) => lag.status === 'warn').map((lag) => lag.targetMember)
  if (behind.length > 0) return { status: 'warn', says: `${sayList(behind)} is behind.` }
  if (cell.members.length > 1 && cell.lags.length === 0) return { status: 'warn', says: 'No standby reports.' }
  return null
}

/** Whether copies arrive decides what a failover would lose, so it comes before who reaches the writer. */
function judgeWays(cell: CellSight, lags: CellSight['lags']): CellJudgement | null {
  const told = [sayUncopied(lags), sayReach(cell)].filter((says) => says !== null)
  return told.length === 0 ? null : { status: 'warn', says: told.join(' ') }
}

function sayReach({ reach }: CellSight): string | null {
  if (reach.failingCount === 0) return null
  const vantages = reach.okCount + reach.failingCount
  return `The writer is unreachable from ${reach.failingCount} of ${counted(vantages, 'vantage')}.`
}

function sayUncopied(lags: CellSight['lags']): string | null {
  const disconnected = lags.filter((lag) => lag.status === 'crit').map((lag) => lag.targetMember)
  if (disconnected.length === 0) return null
  if (disconnected.length === lags.length)
    return `${sayList(disconnected)} ${disconnected.length === 1 ? 'receives' : 'receive'} nothing: what is written now has no second copy.`
  return `${sayList(disconnected)} ${disconnected.length === 1 ? 'receives nothing: it is' : 'receive nothing: they are'} disconnected.`
}

/** Of observed standbys only: the old primary receives nothing until the operation has rebuilt it. */
function followingLags(cell: CellSight, fresh: readonly MemberSight[]): CellSight['lags'] {
  const standbys = fresh.filter((member) => !member.isActive && member.role === 'standby').map(({ id }) => id)
  return standbyLags(cell).filter((lag) => standbys.includes(lag.targetMember))
}

function judgeHealthy(cell: CellSight): CellJudgement {
  const standbys =
    cell.lags.length === 0
      ? 'no standby'
      : `${cell.lags.length} ${cell.lags.length === 1 ? 'standby' : 'standbys'} streaming`
  const says = `${sayWriter(cell)}; ${standbys}.`
  return { status: 'ok', says: cell.failoverToNote ? `${says} ${sayToNote(cell.failoverToNote)}` : says }
}

function sayWriter(cell: CellSight): string {
  return `${cell.members.find((member) => member.isActive)?.id} takes writes at epoch ${cell.epoch}`
}

function isNotFresh(observedAt: Date, nowMs: number, intervalMs: number): boolean {
  return !isFresh(observedAt, nowMs, intervalMs)
}

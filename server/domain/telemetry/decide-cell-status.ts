import type { Status } from '@/model/observations'
import type { OperationState } from '@/model/states'
import { isWriter, type MemberSight } from './decide-member-status'
import { isAbandoned, isFresh, MEMBER_INTERVAL_MS } from './intervals'
import { sayAge, sayCount, sayList } from './sentences'

export type CellSight = {
  epoch: bigint
  epochStatus: string
  members: readonly MemberSight[]
  /** Lag of each standby as judged by decideLagStatus. */
  lags: readonly { targetMember: string; status: Status; state: string }[]
  /** Fresh reads of the active member by the vantages. */
  reach: { okCount: number; failingCount: number }
  operation: { kind: string; status: OperationState } | null
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
  return judgeOperation(cell) ?? judgeActive(cell, nowMs, intervalMs) ?? judgeOthers(cell, fresh) ?? judgeHealthy(cell)
}

function judgeOperation({ operation }: CellSight): CellJudgement | null {
  if (!operation) return null
  const kind = operation.kind.replaceAll('-', ' ')
  if (operation.status === 'needs-human') return { status: 'crit', says: `A ${kind} is stuck and needs a person.` }
  return { status: 'active', says: `A ${kind} is ${operation.status}.` }
}

function judgeActive(cell: CellSight, nowMs: number, intervalMs: number): CellJudgement | null {
  const active = cell.members.find((member) => member.isActive)
  if (!active) return { status: 'unknown', says: 'No member is named as the active one.' }
  if (active.observedAt === null) return { status: 'unknown', says: `${active.id} has not been observed yet.` }
  const isOld = active.state === 'unreachable' ? isAbandoned : isNotFresh
  if (isOld(active.observedAt, nowMs, intervalMs))
    return {
      status: 'unknown',
      says: `${active.id} was last observed ${sayAge(nowMs - active.observedAt.getTime())} ago.`,
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
      says: `${active.id} does not answer the console, but answers ${reach.okCount} of ${sayCount(vantages, 'vantage')}.`,
    }
  return {
    status: 'crit',
    says: `${active.id} is unreachable${vantages > 0 ? ` from ${vantages} of ${sayCount(vantages, 'vantage')}` : ''}.`,
  }
}

function judgeOthers(cell: CellSight, fresh: readonly MemberSight[]): CellJudgement | null {
  const stray = fresh.find((member) => !member.isActive && member.role === 'primary')
  if (stray) return { status: 'warn', says: `${stray.id} is a closed server of an earlier epoch, not a standby.` }
  if (cell.reach.failingCount > 0) {
    const vantages = cell.reach.okCount + cell.reach.failingCount
    return {
      status: 'warn',
      says: `The writer is unreachable from ${cell.reach.failingCount} of ${sayCount(vantages, 'vantage')}.`,
    }
  }
  const disconnected = cell.lags.filter((lag) => lag.status === 'crit').map((lag) => lag.targetMember)
  if (disconnected.length > 0)
    return { status: 'warn', says: `${sayList(disconnected)} receives nothing: the standby is disconnected.` }
  const unknown = cell.lags.filter((lag) => lag.status === 'unknown').map((lag) => lag.targetMember)
  if (unknown.length > 0) return { status: 'warn', says: `Lag of ${sayList(unknown)} is unknown.` }
  const behind = cell.lags.filter((lag) => lag.status === 'warn').map((lag) => lag.targetMember)
  if (behind.length > 0) return { status: 'warn', says: `${sayList(behind)} is behind.` }
  if (cell.members.length > 1 && cell.lags.length === 0) return { status: 'warn', says: 'No standby reports.' }
  return null
}

function judgeHealthy(cell: CellSight): CellJudgement {
  const active = cell.members.find((member) => member.isActive)
  const standbys =
    cell.lags.length === 0
      ? 'no standby'
      : `${cell.lags.length} ${cell.lags.length === 1 ? 'standby' : 'standbys'} streaming`
  return { status: 'ok', says: `${active?.id} takes writes at epoch ${cell.epoch}; ${standbys}.` }
}

function isNotFresh(observedAt: Date, nowMs: number, intervalMs: number): boolean {
  return !isFresh(observedAt, nowMs, intervalMs)
}

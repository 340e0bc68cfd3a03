import { type FindingName, whyNoLoss } from '@/model/findings'
import type { Lag } from '@/model/schemas/estate'
import { ageOf } from '../shell/clock'

/**
 * What a failover of any cell would lose now. Pure. A standby that is not heard has no number, and makes no other one better; nor
 * has one whose writer is not known to write: its heartbeat grows old by itself.
 */
export type Rpo = {
  /** The worst among those heard; null when none is. */
  worst: { member: string; lagMs: number } | null
  worstBacklog: { member: string; bytes: string } | null
  /** Standbys without a backlog that counts: the largest of the others is the least that it can be. */
  unknownBacklog: string[]
  overLimit: string[]
  notHeard: string[]
  /** Standbys that are left out because of their writer. */
  unbounded: string[]
  heardCount: number
  count: number
}

export type SilentWriter = { cellId: string; member: string; why: string }

type CellSight = {
  id: string
  activeMember: string
  members: readonly { id: string; finding: { name: FindingName } | null }[]
}

/** The writers that are not known to write, and why: nobody can read off a heartbeat what their cells would lose. */
export function silentWriters(cells: readonly CellSight[]): SilentWriter[] {
  return cells.flatMap(({ id, activeMember, members }) => {
    const finding = members.find((member) => member.id === activeMember)?.finding
    const why = finding && whyNoLoss(finding.name)
    return why ? [{ cellId: id, member: activeMember, why }] : []
  })
}

/** "4/5 standbys reporting (missing sin-2)", or null when all are heard: a number that has grown old is not heard. */
export function sayNotHeard(lags: readonly Lag[], nowMs: number): string | null {
  const { notHeard, heardCount, count } = prepareRpo(lags, [], nowMs)
  return notHeard.length === 0 ? null : `${heardCount}/${count} standbys reporting (missing ${notHeard.join(', ')})`
}

export function prepareRpo(lags: readonly Lag[], silent: readonly SilentWriter[], nowMs: number): Rpo {
  const isHeard = (lag: Lag) => lag.heartbeatAgeMs !== null && ageOf(lag.seen, nowMs).freshness === 'fresh'
  const isBounded = (lag: Lag) => !silent.some(({ cellId }) => cellId === lag.cellId)
  const heard = lags.filter(isHeard)
  const counting = heard.filter(isBounded)
  const slowest = counting.toSorted((a, b) => b.heartbeatAgeMs! - a.heartbeatAgeMs!)[0]
  const measured = counting.filter((lag) => lag.bytes !== null)
  const fullest = measured.toSorted((a, b) => Number(BigInt(b.bytes!) - BigInt(a.bytes!)))[0]
  return {
    worst: slowest ? { member: slowest.targetMember, lagMs: slowest.heartbeatAgeMs! } : null,
    worstBacklog: fullest ? { member: fullest.targetMember, bytes: fullest.bytes! } : null,
    unknownBacklog: lags.filter((lag) => !measured.includes(lag)).map((lag) => lag.targetMember),
    overLimit: counting.filter((lag) => lag.heartbeatAgeMs! > lag.lagMsMax).map((lag) => lag.targetMember),
    notHeard: lags.filter((lag) => !isHeard(lag)).map((lag) => lag.targetMember),
    unbounded: lags.filter((lag) => !isBounded(lag)).map((lag) => lag.targetMember),
    heardCount: heard.length,
    count: lags.length,
  }
}

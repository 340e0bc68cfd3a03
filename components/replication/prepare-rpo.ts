import type { Lag } from '@/model/schemas/estate'
import { ageOf } from '../shell/clock'

/** What a failover of any cell would lose now. Pure. A standby that is not heard has no number, and makes no other one better. */
export type Rpo = {
  /** The worst among those heard; null when none is. */
  worst: { member: string; lagMs: number } | null
  worstBacklog: { member: string; bytes: string } | null
  overLimit: string[]
  notHeard: string[]
  heardCount: number
  count: number
}

/** "4/5 standbys reporting (missing sin-2)", or null when all are heard: a number that has grown old is not heard. */
export function sayNotHeard(lags: readonly Lag[], nowMs: number): string | null {
  const { notHeard, heardCount, count } = prepareRpo(lags, nowMs)
  return notHeard.length === 0 ? null : `${heardCount}/${count} standbys reporting (missing ${notHeard.join(', ')})`
}

export function prepareRpo(lags: readonly Lag[], nowMs: number): Rpo {
  const isHeard = (lag: Lag) => lag.heartbeatAgeMs !== null && ageOf(lag.seen, nowMs).freshness === 'fresh'
  const heard = lags.filter(isHeard)
  const slowest = heard.toSorted((a, b) => b.heartbeatAgeMs! - a.heartbeatAgeMs!)[0]
  const fullest = heard
    .filter((lag) => lag.bytes !== null)
    .toSorted((a, b) => Number(BigInt(b.bytes!) - BigInt(a.bytes!)))[0]
  return {
    worst: slowest ? { member: slowest.targetMember, lagMs: slowest.heartbeatAgeMs! } : null,
    worstBacklog: fullest ? { member: fullest.targetMember, bytes: fullest.bytes! } : null,
    overLimit: heard.filter((lag) => lag.heartbeatAgeMs! > lag.lagMsMax).map((lag) => lag.targetMember),
    notHeard: lags.filter((lag) => !isHeard(lag)).map((lag) => lag.targetMember),
    heardCount: heard.length,
    count: lags.length,
  }
}

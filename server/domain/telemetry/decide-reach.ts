import type { ProbeReach } from '@/model/observations'
import type { Finding } from '@/model/schemas/plans'
import { isAbandoned, isFresh, PROBE_TIMEOUT_MS, probeIntervalMs } from './intervals'
import type { ProbeSeen } from './read-latest'
import { earliestOf, latestOf, sinceAllFail } from './since-all-fail'

/** How the vantages together reach one server. `since`: when the first of those that fail began to; where all do, when nobody had an answer any more. */
export type Reach = {
  kind: 'unseen' | 'answers' | 'mixed' | 'refused' | 'accepted-and-silent' | 'silent' | 'listener-silent'
  /** One line a vantage that has looked lately. */
  seen: readonly VantageReach[]
  answeringCount: number
  silentFrom: readonly string[]
  since: Date | null
  /** Fresh write probes: only the writer gets any. */
  writes: readonly ProbeSeen[]
  vantages: Finding['vantages']
}

type VantageReach = { region: string; answers: boolean; reach: ProbeReach | null; since: Date; detail: string | null }

type Sight = { epochChangedAt: Date; probes: readonly ProbeSeen[]; closeVantages: readonly string[] }

/**
 * Pure. A read is what a vantage is judged by: it is made every two seconds. A failure stands until somebody has looked again
 * or nobody looks any more. What a relay or a proxy in between refuses or accepts says nothing about the host behind it, so
 * "the host refuses" and "the host accepts and is silent" need a vantage with nothing in between among those that say so.
 */
export function decideReach({ probes, closeVantages, epochChangedAt }: Sight, nowMs: number): Reach {
  const reads = probes.filter((probe) => probe.kind === 'read' && isStanding(probe, nowMs))
  const seen = reads.map(vantageReach)
  const failing = seen.filter((vantage) => !vantage.answers)
  const writes = probes.filter(
    (probe) =>
      probe.kind === 'write' && probe.outcome !== 'unasked' && isFresh(probe.observedAt, nowMs, probeIntervalMs.write),
  )
  const hung = probes.filter((probe) => isHungConnect(probe, reads, probes, nowMs))
  const hungSince = earliestOf(hung.map((probe) => probe.outcomeSince))
  const beganAt = failing.map(({ since }) => since)
  const failingSince =
    failing.length < seen.length ? earliestOf(beganAt) : sinceAllFail(beganAt, latestOf(probes.map(lastAnswerAt)))
  const kind = hungSince && failing.length < seen.length ? 'listener-silent' : kindOf(seen, failing, closeVantages)
  return {
    kind,
    seen,
    answeringCount: seen.length - failing.length,
    silentFrom: failing.map(({ region }) => region).sort(),
    since: kind === 'listener-silent' ? hungSince : failingSince,
    writes: writes.filter((probe) => probe.observedAt >= epochChangedAt),
    vantages: prepareVantages(probes),
  }
}

function kindOf(
  seen: readonly VantageReach[],
  failing: readonly VantageReach[],
  closeVantages: readonly string[],
): Reach['kind'] {
  if (seen.length === 0) return 'unseen'
  if (failing.length === 0) return 'answers'
  if (failing.length < seen.length) return 'mixed'
  const hasWitness = failing.some(({ region, reach }) => closeVantages.includes(region) && reach !== null)
  if (hasWitness && failing.every(({ reach }) => reach === 'refused')) return 'refused'
  if (hasWitness && failing.every(({ reach }) => reach === 'accepted')) return 'accepted-and-silent'
  return 'silent'
}

/**
 * A new connection gets no answer while an older one of the same vantage has been giving them since before the attempt: the
 * listener is stopped, not the path. One that another vantage has opened since says that it was the path after all, or is over.
 */
function isHungConnect(
  probe: ProbeSeen,
  reads: readonly ProbeSeen[],
  all: readonly ProbeSeen[],
  nowMs: number,
): boolean {
  if (probe.kind !== 'connect' || probe.outcome !== 'timeout' || probe.reach !== 'accepted') return false
  if (!isStanding(probe, nowMs)) return false
  const read = reads.find(({ vantageRegion }) => vantageRegion === probe.vantageRegion)
  const askedAtMs = probe.observedAt.getTime() - PROBE_TIMEOUT_MS
  const isReadAllAlong =
    read?.outcome === 'ok' && read.outcomeSince.getTime() <= askedAtMs && read.observedAt.getTime() >= askedAtMs
  const isOpenedSince = all.some(
    (other) => other.kind === 'connect' && other.outcome === 'ok' && other.observedAt >= probe.outcomeSince,
  )
  return isReadAllAlong && !isOpenedSince
}

function isStanding(probe: ProbeSeen, nowMs: number): boolean {
  if (probe.outcome === 'unasked') return false
  const intervalMs = probeIntervalMs[probe.kind]
  return isAnswer(probe)
    ? isFresh(probe.observedAt, nowMs, intervalMs)
    : !isAbandoned(probe.observedAt, nowMs, intervalMs)
}

function isAnswer({ outcome }: ProbeSeen): boolean {
  return outcome === 'ok' || outcome === 'refused' || outcome === 'error'
}

function lastAnswerAt(probe: ProbeSeen): Date | null {
  return probe.outcome === 'refused' || probe.outcome === 'error' ? probe.observedAt : probe.lastOkAt
}

function vantageReach(probe: ProbeSeen): VantageReach {
  return {
    region: probe.vantageRegion,
    answers: isAnswer(probe),
    // Accepted and broken off again is what a proxy does whose server is gone, and what a proxy does that is itself cut off.
    reach: probe.outcome === 'unreachable' && probe.reach === 'accepted' ? null : probe.reach,
    since: probe.outcomeSince,
    detail: probe.detail,
  }
}

function prepareVantages(probes: readonly ProbeSeen[]): Finding['vantages'] {
  return probes
    .filter((probe) => probe.kind === 'read')
    .map((probe) => ({
      region: probe.vantageRegion,
      outcome: probe.outcome,
      detail: probe.detail,
      observedAt: probe.observedAt.toISOString(),
    }))
    .sort((a, b) => a.region.localeCompare(b.region))
}

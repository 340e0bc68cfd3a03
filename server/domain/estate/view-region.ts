import { PROBE_INTERVAL_MS, type ProbeOutcome } from '@/model/observations'
import type { CellView, RegionView } from '@/model/schemas/estate'
import {
  decideRegionStatus,
  decideWorstStatus,
  isAbandoned,
  latestOf,
  type ProbeSeen,
  type RegionJudgement,
  type VantageSight,
} from '../telemetry'
import type { RegionRow } from './load-structure'
import type { World } from './load-world'
import { latencyOf } from './view-cell'
import { membersIn } from './view-link'

export type JudgedRegion = { view: RegionView; judgement: RegionJudgement; lastSeenAt: Date | null }

/** One region: what each vantage sees of it, and the cells that live there. `cells` are all cells of the estate. */
export function viewRegion(world: World, region: RegionRow, cells: readonly CellView[]): JudgedRegion {
  const members = membersIn(world, region.code)
  const measured = measuredMembers(world, members)
  const sights = world.vantages.map((vantage) => sightFrom(world, vantage, members))
  const leftBehind = world.cells.flatMap((cell) => cell.leftBehind.map(({ memberId }) => memberId))
  const judgement = decideRegionStatus(region.code, sights, { nowMs: world.nowMs, leftBehind })
  const primaries = cells.filter((cell) => cell.activeRegion === region.code)
  const standbys = cells.filter((cell) =>
    cell.members.some((m) => m.region === region.code && !m.isActive && !m.staleServerId),
  )
  const lastSeenAt = sights.reduce<Date | null>((a, { observedAt: b }) => (b && (!a || b > a) ? b : a), null)
  const { code, city, country, jurisdiction, lat, lon } = region
  const view: RegionView = {
    ...{ code, city, country, jurisdiction, lat, lon },
    ...sayWorst(judgement, primaries),
    since: judgement.since?.toISOString() ?? null,
    tenantsHomed: world.tenantsHomed.get(code) ?? 0,
    primaryOf: primaries.map((cell) => cell.id),
    standbyOf: standbys.map((cell) => cell.id),
    readLatency: latencyOf(world, (sample) => sample.kind === 'read' && measured.includes(sample.memberId)),
    writeLatency: latencyOf(world, (sample) => sample.kind === 'write' && measured.includes(sample.memberId)),
    worstLagMs: worstLagMs(code, [...primaries, ...standbys]),
    epochChanges24h: world.cells
      .filter((cell) => cell.members.some((member) => member.region === code))
      .reduce((sum, cell) => sum + cell.epochChanges24h, 0),
    vantages: sights.map((sight) => ({
      vantage: sight.vantage,
      outcome: sight.outcome,
      since: sight.since?.toISOString() ?? null,
      seen: {
        observedAt: sight.observedAt?.toISOString() ?? null,
        vantage: sight.vantage,
        intervalMs: PROBE_INTERVAL_MS,
      },
    })),
    seen: { observedAt: lastSeenAt?.toISOString() ?? null, vantage: null, intervalMs: PROBE_INTERVAL_MS },
  }
  return { view, judgement, lastSeenAt }
}

/** The region's writers stand for its latencies; a region that has none is measured by all its servers. */
function measuredMembers(world: World, members: string[]): string[] {
  const writers = members.filter((id) => world.places.get(id)?.isActive)
  return writers.length > 0 ? writers : members
}

const severity = { ok: 0, refused: 1, error: 2, timeout: 3, unreachable: 4, unasked: 5 } as const satisfies Record<
  ProbeOutcome,
  number
>

/**
 * One vantage's best answer among the servers: a dead one says nothing about the region while another answers. Only when
 * none does, and each was looked at, the region fails: since the last one stopped, and no fresher than the oldest look.
 */
function sightFrom(world: World, vantage: string, members: readonly string[]): VantageSight {
  const reads = world.probes.filter(
    (probe) =>
      probe.kind === 'read' &&
      probe.vantageRegion === vantage &&
      members.includes(probe.memberId) &&
      probe.outcome !== 'unasked', // the console's own trouble is no sight of the region
  )
  const current = reads.filter((read) => !isAbandoned(read.observedAt, world.nowMs, PROBE_INTERVAL_MS))
  const answers = current.filter(isAnswer)
  const failing = current
    .filter((read) => !isAnswer(read))
    .map(({ memberId, outcome, outcomeSince, lastOkAt }) => ({
      memberId,
      outcome,
      since: outcomeSince,
      lastAnswerAt: lastOkAt,
    }))
  const lastAnswerAt = latestOf(reads.map((read) => read.lastOkAt))
  const parts = { vantage, lastAnswerAt, answering: answers.map(({ memberId }) => memberId), failing }
  const considered = answers.length > 0 ? answers : reads
  const isComplete = answers.length > 0 || (reads.length === members.length && members.length > 0)
  if (!isComplete) return { ...parts, outcome: null, since: null, observedAt: null }
  const best = considered.reduce((a, b) => (isBetter(b, a) ? b : a))
  const oldest = considered.reduce((a: ProbeSeen, b) => (b.observedAt < a.observedAt ? b : a))
  const observedAt = answers.length > 0 ? best.observedAt : oldest.observedAt
  return { ...parts, outcome: best.outcome, since: sinceOf(considered, best), observedAt }
}

function isAnswer(probe: ProbeSeen): boolean {
  return probe.outcome === 'ok' || probe.outcome === 'refused'
}

/** Of two equal answers the newer one: it is the one that still proves something. */
function isBetter(a: ProbeSeen, b: ProbeSeen): boolean {
  if (severity[a.outcome] !== severity[b.outcome]) return severity[a.outcome] < severity[b.outcome]
  return a.observedAt > b.observedAt
}

/** An answer holds since the best one began; a failure of the whole region since its last server stopped. */
function sinceOf(reads: readonly ProbeSeen[], best: ProbeSeen): Date {
  if (isAnswer(best)) return best.outcomeSince
  return new Date(Math.max(...reads.map((read) => read.outcomeSince.getTime())))
}

/** A region that answers but hosts a writer in trouble is not healthy. */
function sayWorst(judgement: RegionJudgement, primaries: readonly CellView[]): Pick<RegionView, 'status' | 'says'> {
  const status = decideWorstStatus([judgement.status, ...primaries.map((cell) => cell.status)])
  if (status === judgement.status) return { status, says: judgement.says }
  const troubled = primaries.find((cell) => cell.status === status)
  return { status, says: `${judgement.says} ${troubled?.name}: ${troubled?.says}` }
}

/** Highest heartbeat age among the standbys that this region feeds or hosts; one that is unknown makes all of it unknown. */
function worstLagMs(region: string, cells: readonly CellView[]): number | null {
  const lags = cells
    .flatMap((cell) => cell.lag)
    .filter((lag) => lag.sourceRegion === region || lag.targetRegion === region)
  if (lags.length === 0 || lags.some((lag) => lag.heartbeatAgeMs === null || lag.status === 'unknown')) return null
  return Math.max(...lags.map((lag) => lag.heartbeatAgeMs ?? 0))
}

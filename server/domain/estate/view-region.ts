import { PROBE_INTERVAL_MS, type ProbeOutcome } from '@/model/observations'
import type { CellView, RegionView } from '@/model/schemas/estate'
import {
  decideRegionStatus,
  decideWorstStatus,
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
  const judged = judgedMembers(world, region.code)
  const sights = world.vantages.map((vantage) => sightFrom(world, vantage, judged))
  const judgement = decideRegionStatus(region.code, sights, { nowMs: world.nowMs })
  const primaries = cells.filter((cell) => cell.activeRegion === region.code)
  const standbys = cells.filter((cell) => cell.members.some((m) => m.region === region.code && !m.isActive))
  const lastSeenAt = sights.reduce<Date | null>((a, { observedAt: b }) => (b && (!a || b > a) ? b : a), null)
  const { code, city, country, jurisdiction, lat, lon } = region
  const view: RegionView = {
    ...{ code, city, country, jurisdiction, lat, lon },
    ...sayWorst(judgement, primaries),
    since: judgement.since?.toISOString() ?? null,
    tenantsHomed: world.tenantsHomed.get(code) ?? 0,
    primaryOf: primaries.map((cell) => cell.id),
    standbyOf: standbys.map((cell) => cell.id),
    readLatency: latencyOf(world, (sample) => sample.kind === 'read' && judged.includes(sample.memberId)),
    writeLatency: latencyOf(world, (sample) => sample.kind === 'write' && judged.includes(sample.memberId)),
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

/** The region's writers stand for it; a region that has none is judged by all its servers. */
function judgedMembers(world: World, region: string): string[] {
  const all = membersIn(world, region)
  const writers = all.filter((id) => world.places.get(id)?.isActive)
  return writers.length > 0 ? writers : all
}

const severity = { ok: 0, refused: 1, error: 2, timeout: 3, unreachable: 4 } as const satisfies Record<
  ProbeOutcome,
  number
>

/** One vantage's worst answer among the servers, and the oldest look: the region is no fresher than its stalest part. */
function sightFrom(world: World, vantage: string, members: readonly string[]): VantageSight {
  const reads = world.probes.filter(
    (probe) => probe.kind === 'read' && probe.vantageRegion === vantage && members.includes(probe.memberId),
  )
  const isComplete = reads.length === members.length && members.length > 0
  if (!isComplete) return { vantage, outcome: null, since: null, observedAt: null }
  const worst = reads.reduce((a, b) => (severity[b.outcome] > severity[a.outcome] ? b : a))
  const oldest = reads.reduce((a: ProbeSeen, b) => (b.observedAt < a.observedAt ? b : a))
  return { vantage, outcome: worst.outcome, since: worst.outcomeSince, observedAt: oldest.observedAt }
}

/** A region that answers but hosts a writer in trouble is not healthy. */
function sayWorst(judgement: RegionJudgement, primaries: readonly CellView[]): Pick<RegionView, 'status' | 'says'> {
  if (judgement.status !== 'ok') return { status: judgement.status, says: judgement.says }
  const status = decideWorstStatus(['ok', ...primaries.map((cell) => cell.status)])
  if (status === 'ok') return { status, says: judgement.says }
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

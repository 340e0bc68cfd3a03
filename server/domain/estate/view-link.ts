import { PROBE_INTERVAL_MS } from '@/model/observations'
import type { LinkView } from '@/model/schemas/estate'
import { decideAsymmetric, decideLinkState, isAbandoned, type ProbeSeen } from '../telemetry'
import type { World } from './load-world'
import { latencyOf } from './view-cell'

/** Every ordered pair of two different regions, in the order of the region list: rows from, columns to. */
export function viewLinks(world: World): LinkView[] {
  const codes = world.vantages
  const links = codes.flatMap((from) => codes.filter((to) => to !== from).map((to) => viewLink(world, from, to)))
  const p50 = new Map(links.map((link) => [`${link.from}>${link.to}`, link.latency.p50Ms]))
  return links.map((link) => ({
    ...link,
    asymmetric: decideAsymmetric(link.latency.p50Ms, p50.get(`${link.to}>${link.from}`) ?? null),
  }))
}

/** One direction: what the vantage `from` measured on the servers in `to`. A region pair is never merged with its return. */
function viewLink(world: World, from: string, to: string): LinkView {
  const targets = membersIn(world, to)
  const reads = world.probes.filter((probe) => probe.kind === 'read' && targets.includes(probe.memberId))
  const mine = reads.filter((probe) => probe.vantageRegion === from)
  const { state, detail } = decideLinkState(
    {
      memberCount: targets.length,
      sights: mine.map((probe) => ({ ...probe, since: probe.outcomeSince })),
      answersElsewhere: reads.some((probe) => probe.vantageRegion !== from && answersNow(world, probe)),
    },
    { nowMs: world.nowMs },
  )
  const latency = latencyOf(
    world,
    (sample) => sample.kind === 'read' && sample.vantageRegion === from && targets.includes(sample.memberId),
  )
  const budgetMs = world.budgets.find((row) => row.fromRegion === from && row.toRegion === to)?.budgetRttMs ?? null
  const newest = newestOf(mine)
  return {
    from,
    to,
    state,
    latency,
    lastMs: newestOf(mine.filter((probe) => probe.outcome === 'ok'))?.latencyMs ?? null,
    budgetMs,
    ratio: latency.p50Ms !== null && budgetMs !== null && budgetMs > 0 ? latency.p50Ms / budgetMs : null,
    asymmetric: false,
    detail,
    replicates: world.cells
      .filter(
        (cell) => cell.activeRegion === from && cell.members.some((m) => m.region === to && m.id !== cell.activeMember),
      )
      .map((cell) => cell.id),
    requestsPerSecond: requestsPerSecond(world, from, to),
    seen: { observedAt: newest?.observedAt.toISOString() ?? null, vantage: from, intervalMs: PROBE_INTERVAL_MS },
  }
}

export function membersIn(world: World, region: string): string[] {
  return [...world.places].filter(([, place]) => place.region === region).map(([id]) => id)
}

/** An error is an answer too: the region is reached. */
function answersNow(world: World, probe: ProbeSeen): boolean {
  return (
    (probe.outcome === 'ok' || probe.outcome === 'refused' || probe.outcome === 'error') &&
    !isAbandoned(probe.observedAt, world.nowMs, PROBE_INTERVAL_MS)
  )
}

function newestOf(probes: readonly ProbeSeen[]): ProbeSeen | null {
  return probes.reduce<ProbeSeen | null>((a, b) => (!a || b.observedAt > a.observedAt ? b : a), null)
}

/** Commands and reads that users in `from` sent to the cells that are active in `to`; null when nobody reports. */
function requestsPerSecond(world: World, from: string, to: string): number | null {
  if (!world.traffic) return null
  const active = new Set(world.cells.filter((cell) => cell.activeRegion === to).map((cell) => cell.id))
  const requests = world.traffic.rows
    .filter((row) => row.userRegion === from && active.has(row.cellId))
    .reduce((sum, row) => sum + row.writesAcked + row.readsOk + row.failed + sumOf(row.refused), 0)
  return requests / world.traffic.seconds
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

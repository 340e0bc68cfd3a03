import { SAMPLE_BUCKET_MS } from '@/model/observations'
import type { CellView, Overview } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { decideVerdict } from '../telemetry'
import { loadWorld, type World } from './load-world'
import { readEvents } from './read-events'
import { viewCell } from './view-cell'
import { viewLinks } from './view-link'
import { type JudgedRegion, viewRegion } from './view-region'

/** Everything the overview draws, of one moment. */
export async function getOverview(ctx: Ctx): Promise<Overview> {
  authorize(ctx, 'telemetry:read')
  const now = ctx.clock.now()
  const [world, events] = await Promise.all([loadWorld(ctx.db, now), readEvents(ctx.db)])
  const cells = world.cells.map((cell) => viewCell(world, cell))
  const regions = world.regions.map((region) => viewRegion(world, region, cells))
  return {
    asOf: now.toISOString(),
    servedFrom: ctx.servedFrom,
    verdict: judge(world, regions, cells),
    regions: regions.map(({ view }) => view),
    links: viewLinks(world),
    cells,
    events,
    traffic: viewTraffic(world),
  }
}

function judge(world: World, regions: readonly JudgedRegion[], cells: readonly CellView[]): Overview['verdict'] {
  const verdict = decideVerdict({
    regions: regions.map(({ view, judgement }) => ({ code: view.code, status: view.status, judgement })),
    cells,
    checkedAt: checkedAt(regions),
    vantageCount: reportingVantages(world),
  })
  return { ...verdict, since: verdict.since?.toISOString() ?? null }
}

/** "Checked at" is no younger than the region that was looked at longest ago. */
function checkedAt(regions: readonly JudgedRegion[]): Date | null {
  const instants = regions.map((region) => region.lastSeenAt).filter((at) => at !== null)
  return instants.reduce<Date | null>((oldest, at) => (!oldest || at < oldest ? at : oldest), null)
}

function reportingVantages(world: World): number {
  return new Set(world.probes.map((probe) => probe.vantageRegion)).size
}

function viewTraffic({ traffic }: World): Overview['traffic'] {
  if (!traffic) return null
  const { seconds } = traffic
  const refused = new Map<string, number>()
  for (const row of traffic.rows)
    for (const [code, count] of Object.entries(row.refused)) refused.set(code, (refused.get(code) ?? 0) + count)
  const total = (of: 'writesAcked' | 'failed') => traffic.rows.reduce((sum, row) => sum + row[of], 0) / seconds
  return {
    seconds,
    acknowledgedPerSecond: total('writesAcked'),
    refusedPerSecond: [...refused.values()].reduce((sum, count) => sum + count, 0) / seconds,
    failedPerSecond: total('failed'),
    refusedByCode: Object.fromEntries([...refused].map(([code, count]) => [code, count / seconds])),
    seen: { observedAt: traffic.to.toISOString(), vantage: null, intervalMs: SAMPLE_BUCKET_MS },
  }
}

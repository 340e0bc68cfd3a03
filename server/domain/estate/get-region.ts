import { DomainError } from '@/model/errors'
import type { RegionDetail } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { readFindings } from '../telemetry'
import { loadWorld } from './load-world'
import { readEvents } from './read-events'
import { viewCell } from './view-cell'
import { viewLinks } from './view-link'
import { viewRegion } from './view-region'

/** A page of tenants; `tenantCount` says how many there are in all. */
const TENANTS_MAX = 200

/** One region, its cells, its links in both directions and the tenants homed there. Throws not-found. */
export async function getRegion(ctx: Ctx, { region: code }: { region: string }): Promise<RegionDetail> {
  authorize(ctx, 'telemetry:read')
  const now = ctx.clock.now()
  const [world, findings, tenants] = await Promise.all([
    loadWorld(ctx.db, now),
    readFindings(ctx.db, now),
    ctx.db.tenantRegionAssignment.findMany({
      where: { homeRegion: code, status: { not: 'DECOMMISSIONED' } },
      orderBy: { name: 'asc' },
      take: TENANTS_MAX,
    }),
  ])
  const region = world.regions.find((row) => row.code === code)
  if (!region) throw new DomainError('not-found', `There is no region ${code} in this estate.`)
  const allCells = world.cells.map((cell) => viewCell(world, cell, findings))
  const cells = allCells.filter((cell) => cell.members.some((member) => member.region === code))
  const links = viewLinks(world)
  return {
    region: viewRegion(world, region, allCells).view,
    cells,
    linksOut: links.filter((link) => link.from === code),
    linksIn: links.filter((link) => link.to === code),
    tenants: tenants.map((tenant) => ({
      tenantId: tenant.tenantId,
      name: tenant.name,
      cellId: tenant.cellId,
      policy: tenant.residencyPolicy,
      status: tenant.status,
      regionEpoch: tenant.regionEpoch.toString(),
    })),
    tenantCount: world.tenantsHomed.get(code) ?? 0,
    events: await readEvents(ctx.db, { region: code, scopes: cells.map((cell) => cell.scope) }),
    asOf: now.toISOString(),
  }
}

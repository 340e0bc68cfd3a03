import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { Route, RouteQuery } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'

type RouteRow = {
  homeRegion: string
  activeRegion: string
  cell: string
  member: string
  host: string
  port: number
  database: string
  scope: string
  scopeEpoch: bigint
  regionEpoch: bigint
  status: string
  policy: string
}

/**
 * Where a tenant's commands go and the two epochs they must carry. One statement, each table by its primary key; `from`
 * picks the address by which that region reaches the member. Throws not-found for an unknown tenant.
 */
export async function resolveRoute(
  ctx: Ctx,
  { tenantId, from }: z.infer<typeof RouteQuery>,
): Promise<z.infer<typeof Route>> {
  authorize(ctx, 'route:read')
  const [row] = await ctx.db.$queryRaw<RouteRow[]>`
    SELECT tenant.home_region AS "homeRegion", epoch.active_region AS "activeRegion", cell.id AS cell, member.id AS member,
           coalesce(path.host, member.host) AS host, coalesce(path.port, member.port) AS port, cell.database, cell.scope,
           epoch.epoch AS "scopeEpoch", tenant.region_epoch AS "regionEpoch", tenant.status, tenant.residency_policy AS policy
      FROM tenant_region_assignment AS tenant
      JOIN cell ON cell.id = tenant.cell_id
      JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope
      JOIN cell_member AS member ON member.id = epoch.active_member
      LEFT JOIN member_path AS path ON path.member_id = member.id AND path.vantage_region = ${from ?? null}
     WHERE tenant.tenant_id = ${tenantId}::uuid`
  if (!row) throw new DomainError('not-found', 'No such tenant.')
  const { host, port, database, member, ...route } = row
  return {
    tenantId,
    ...route,
    endpoint: { member, host, port, database },
    scopeEpoch: row.scopeEpoch.toString(),
    regionEpoch: row.regionEpoch.toString(),
    asOf: ctx.clock.now().toISOString(),
  }
}

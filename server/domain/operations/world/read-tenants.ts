import { createHash } from 'node:crypto'
import type { Db, Tx } from '@/server/db'
import { TOP_TENANTS_MAX } from '../limits'
import type { CellWorld } from './cell-world'

/** Migrations that no longer touch the cell. Any other status is under way. */
const ENDED_MIGRATIONS = ['COMPLETED', 'ROLLED_BACK', 'FAILED']

/** Who lives in a cell, under which policies, and a digest that changes when either does. */
export async function readTenants(
  db: Db | Tx,
  cellId: string,
): Promise<Pick<CellWorld, 'policies' | 'tenantCount' | 'topTenants' | 'tenantsDigest'>> {
  // Counted and hashed from the index alone, in its own order: 100,000 tenants in a few tens of milliseconds.
  const rows = await db.$queryRaw<
    (Omit<CellWorld['policies'][number], 'tenantCount'> & { tenantCount: bigint; ids: string })[]
  >`
    WITH covered AS (
      SELECT residency_policy, count(*) AS tenant_count,
             encode(sha256(convert_to(string_agg(tenant_id::text, '' ORDER BY tenant_id), 'UTF8')), 'hex') AS ids
        FROM tenant_region_assignment WHERE cell_id = ${cellId} GROUP BY residency_policy)
    SELECT p.policy_code AS code, p.version, p.allowed_regions AS "allowedRegions", p.data_classes AS "dataClasses",
           p.effective_from <= current_date AND (p.effective_to IS NULL OR p.effective_to > current_date) AS "isInForce",
           covered.tenant_count AS "tenantCount", covered.ids
      FROM covered JOIN residency_policy p ON p.policy_code = covered.residency_policy ORDER BY p.policy_code`
  const digest = createHash('sha256').update(
    rows.map(({ code, version, ids }) => `${code} ${version} ${ids}\n`).join(''),
  )
  const topTenants = await db.tenantRegionAssignment.findMany({
    where: { cellId },
    select: { tenantId: true, name: true },
    orderBy: { name: 'asc' },
    take: TOP_TENANTS_MAX,
  })
  return {
    policies: rows.map(({ ids, ...policy }) => ({ ...policy, tenantCount: Number(policy.tenantCount) })),
    tenantCount: await db.tenantRegionAssignment.count({ where: { cellId } }),
    topTenants,
    tenantsDigest: digest.digest('hex'),
  }
}

/** Tenants of the cell that are under way between regions. */
export function readMigrations(db: Db | Tx, cellId: string): Promise<{ tenantId: string; status: string }[]> {
  return db.$queryRaw`
    SELECT m.tenant_id AS "tenantId", m.status FROM tenant_region_migration m
    JOIN tenant_region_assignment t ON t.tenant_id = m.tenant_id
    WHERE t.cell_id = ${cellId} AND m.status <> ALL(${ENDED_MIGRATIONS}) LIMIT 100`
}

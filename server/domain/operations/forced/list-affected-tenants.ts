import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { AffectedTenantsPage, AffectedTenantsQuery } from '@/model/schemas/failovers'
import { authorize, type Ctx } from '@/server/context'
import { TENANTS_PAGE_MAX } from './limits'

type Row = { tenantId: string; name: string; policy: string; policyVersion: number; isAllowed: boolean }

/** The tenants that a failover would serve from the target's region, by id, a page at a time, with the law's verdict on each. */
export async function listAffectedTenants(
  ctx: Ctx,
  { cellId, targetMember, onlyViolations, after }: z.infer<typeof AffectedTenantsQuery>,
): Promise<AffectedTenantsPage> {
  authorize(ctx, 'estate:read')
  const target = await ctx.db.cellMember.findUnique({ where: { id: targetMember } })
  if (target?.cellId !== cellId) throw new DomainError('not-found', `${cellId} has no member ${targetMember}.`)
  // A policy that is not in force allows nothing: the same verdict as `allows` in safety-rules.ts, for each policy once.
  const policies = await ctx.db.$queryRaw<{ code: string; isAllowed: boolean; count: bigint }[]>`
    SELECT p.policy_code AS code, count(*) AS count,
           ${target.regionCode} = ANY(p.allowed_regions) AND p.effective_from <= current_date
             AND (p.effective_to IS NULL OR p.effective_to > current_date) AS "isAllowed"
      FROM tenant_region_assignment t JOIN residency_policy p ON p.policy_code = t.residency_policy
     WHERE t.cell_id = ${cellId} GROUP BY p.policy_code`
  const violated = policies.filter((policy) => !policy.isAllowed)
  const wanted = (onlyViolations ? violated : policies).map((policy) => policy.code)
  const rows = await ctx.db.$queryRaw<Omit<Row, 'isAllowed'>[]>`
    SELECT t.tenant_id AS "tenantId", t.name, t.residency_policy AS policy, p.version AS "policyVersion"
      FROM tenant_region_assignment t JOIN residency_policy p ON p.policy_code = t.residency_policy
     WHERE t.cell_id = ${cellId} AND t.residency_policy = ANY(${wanted})
       AND (${after ?? null}::uuid IS NULL OR t.tenant_id > ${after ?? null}::uuid)
     ORDER BY t.tenant_id LIMIT ${TENANTS_PAGE_MAX + 1}`
  const page = rows.slice(0, TENANTS_PAGE_MAX)
  const migrations = await ctx.db.tenantRegionMigration.findMany({
    where: {
      tenantId: { in: page.map((row) => row.tenantId) },
      status: { notIn: ['COMPLETED', 'ROLLED_BACK', 'FAILED'] },
    },
    select: { tenantId: true, status: true },
  })
  const migrating = new Map(migrations.map(({ tenantId, status }) => [tenantId, status]))
  const sum = (of: typeof policies) => of.reduce((total, { count }) => total + Number(count), 0)
  return {
    tenants: page.map((row) => ({
      ...row,
      residency: violated.some(({ code }) => code === row.policy) ? 'violated' : 'allowed',
      openMigration: migrating.get(row.tenantId) ?? null,
    })),
    totalCount: sum(policies),
    violatedCount: sum(violated),
    next: rows.length > TENANTS_PAGE_MAX ? (page.at(-1)?.tenantId ?? null) : null,
  }
}

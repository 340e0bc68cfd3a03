import { counted } from '@/model/format'
import type { Db, Tx } from '@/server/db'
import { allowsAll, type CellWorld } from '../operations'

export type DrillGround = {
  cellId: string
  /** Where its servers are that do not write now. */
  regions: readonly string[]
} & Pick<CellWorld, 'tenantCount'> & {
    policies: readonly Omit<CellWorld['policies'][number], 'version' | 'dataClasses'>[]
  }

/** Pure. Null: the writer may lawfully move to some other server of the cell. No schedule makes a law pass by waiting. */
export function whyNoLiveDrill({ cellId, regions, policies, tenantCount }: DrillGround): string | null {
  if (regions.length === 0) return `${cellId} has no other server that could take its writes.`
  const law = { policies: policies.map((policy) => ({ ...policy, version: 0, dataClasses: [] })), tenantCount }
  if (regions.some((region) => allowsAll(law, region))) return null
  const covered = policies.reduce((sum, policy) => sum + policy.tenantCount, 0)
  if (covered !== tenantCount)
    return `The policies cover ${covered} of ${counted(tenantCount, 'tenant')} of ${cellId}: it may move nowhere.`
  const against = regions.map((region) => {
    const keeping = law.policies.filter(
      (policy) => !allowsAll({ policies: [policy], tenantCount: policy.tenantCount }, region),
    )
    return `${keeping.map(({ code, tenantCount: kept }) => `${code} keeps ${counted(kept, 'tenant')}`).join(' and ')} out of ${region}`
  })
  return `${cellId} has nowhere to go: ${against.join('; ')}.`
}

/** By cell, of every cell or of one: why it cannot be drilled live. A cell that can is absent. One statement. */
export async function readWhyNoLiveDrill(db: Db | Tx, cellId?: string): Promise<Map<string, string>> {
  const grounds = await db.$queryRaw<DrillGround[]>`
    SELECT cell.id AS "cellId",
           (SELECT coalesce(jsonb_agg(DISTINCT member.region_code), '[]') FROM cell_member AS member
             WHERE member.cell_id = cell.id AND member.id IS DISTINCT FROM epoch.active_member) AS regions,
           coalesce(homed.count, 0)::int AS "tenantCount", coalesce(homed.policies, '[]') AS policies
      FROM cell
      LEFT JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope
      LEFT JOIN (
        SELECT share.cell_id, sum(share.count) AS count, jsonb_agg(jsonb_build_object(
                 'code', policy.policy_code, 'allowedRegions', policy.allowed_regions, 'tenantCount', share.count,
                 'isInForce', policy.effective_from <= current_date
                   AND (policy.effective_to IS NULL OR policy.effective_to > current_date)) ORDER BY policy.policy_code)
                 FILTER (WHERE policy.policy_code IS NOT NULL) AS policies
          FROM (SELECT cell_id, residency_policy, count(*) AS count FROM tenant_region_assignment
                 WHERE ${cellId ?? null}::text IS NULL OR cell_id = ${cellId ?? null}
                 GROUP BY cell_id, residency_policy) AS share
          LEFT JOIN residency_policy AS policy ON policy.policy_code = share.residency_policy
         GROUP BY share.cell_id) AS homed ON homed.cell_id = cell.id
     WHERE ${cellId ?? null}::text IS NULL OR cell.id = ${cellId ?? null}`
  return new Map(
    grounds.flatMap((ground) => {
      const why = whyNoLiveDrill(ground)
      return why === null ? [] : [[ground.cellId, why] as const]
    }),
  )
}

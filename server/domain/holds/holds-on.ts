import type { HoldKind, HoldLevel } from '@/model/hold-kinds'
import type { Db, Tx } from '@/server/db'

export type ActiveHold = { id: string; kind: HoldKind; level: HoldLevel; subject: string; reason: string }

const HOLDS_MAX = 50

/**
 * Holds that concern an operation, the oldest first: on its cell, on any of its regions, and on its tenants: those that are
 * named, or every tenant of the cell. By the catalog's clock.
 */
export async function holdsOn(
  db: Db | Tx,
  { cellId, regions, tenantIds }: { cellId: string; regions: readonly string[]; tenantIds?: readonly string[] },
): Promise<ActiveHold[]> {
  return db.$queryRaw<ActiveHold[]>`
    SELECT id, kind, level, subject, reason FROM hold
    WHERE released_at IS NULL AND (ends_at IS NULL OR ends_at > clock_timestamp())
      AND ((level = 'cell' AND subject = ${cellId})
        OR (level = 'region' AND subject = ANY(${[...regions]}::text[]))
        OR (level = 'tenant' AND CASE WHEN ${tenantIds !== undefined}
              THEN subject = ANY(${[...(tenantIds ?? [])]}::text[])
              ELSE EXISTS (SELECT FROM tenant_region_assignment t WHERE t.cell_id = ${cellId} AND t.tenant_id::text = hold.subject) END))
    ORDER BY placed_at LIMIT ${HOLDS_MAX}`
}

import type { HoldKind, HoldLevel } from '@/model/hold-kinds'
import type { Db, Tx } from '@/server/db'

export type ActiveHold = { kind: HoldKind; level: HoldLevel; subject: string; reason: string }

/** More than this many holds on one cell say nothing that the first ones do not. */
const HOLDS_MAX = 20

/**
 * Holds that concern an operation, the oldest first: on its cell, on any of its regions, and on any tenant of the cell, whose
 * writer cannot move without the tenant. By the catalog's clock.
 */
export async function holdsOn(
  db: Db | Tx,
  { cellId, regions }: { cellId: string; regions: readonly string[] },
): Promise<ActiveHold[]> {
  return db.$queryRaw<ActiveHold[]>`
    SELECT kind, level, subject, reason FROM hold
    WHERE released_at IS NULL AND (ends_at IS NULL OR ends_at > clock_timestamp())
      AND ((level = 'cell' AND subject = ${cellId})
        OR (level = 'region' AND subject = ANY(${[...regions]}::text[]))
        OR (level = 'tenant' AND EXISTS (
          SELECT FROM tenant_region_assignment t WHERE t.cell_id = ${cellId} AND t.tenant_id::text = hold.subject)))
    ORDER BY placed_at LIMIT ${HOLDS_MAX}`
}

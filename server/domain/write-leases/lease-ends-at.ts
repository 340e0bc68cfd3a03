import type { Db, Tx } from '@/server/db'
import { CLOCK_SKEW_MS_MAX } from '@/server/engines/contract'

export type LeaseEnd = {
  /** No order ever given to a gate of this scope at `epoch` reaches beyond this. */
  at: Date
  /** The keeper's last word after the lease was stopped, else what the catalog had granted. */
  basis: 'final' | 'granted'
  epoch: bigint
  memberId: string
  /** Whether nothing more is granted: until then `at` may still rise. */
  isStopped: boolean
  /** Stopped, and past `at` by more than two clocks may differ, by the clock of the catalog. */
  isOver: boolean
}

/**
 * When the writer of a scope has stopped by itself at the latest, or null when that is not known: the scope has no lease at
 * its present epoch, or its gate has never confirmed that it keeps to one.
 */
export async function leaseEndsAt(db: Db | Tx, scope: string): Promise<LeaseEnd | null> {
  const [row] = await db.$queryRaw<LeaseEnd[]>`
    SELECT coalesce(lease.final_until, lease.granted_until) AS at,
           CASE WHEN lease.final_until IS NULL THEN 'granted' ELSE 'final' END AS basis,
           lease.epoch, lease.member_id AS "memberId", lease.stopped_by IS NOT NULL AS "isStopped",
           lease.stopped_by IS NOT NULL AND clock_timestamp() > coalesce(lease.final_until, lease.granted_until)
             + ${CLOCK_SKEW_MS_MAX} * interval '1 millisecond' AS "isOver"
      FROM write_lease AS lease
      JOIN region_write_epoch AS now ON now.logical_scope = lease.scope AND now.epoch = lease.epoch AND now.active_member = lease.member_id
     WHERE lease.scope = ${scope} AND lease.applied_until IS NOT NULL`
  return row ? { ...row, epoch: BigInt(row.epoch) } : null
}

import { DomainError } from '@/model/errors'
import type { Tx } from '@/server/db'
import { type LeaseEnd, leaseEndsAt } from './lease-ends-at'

/**
 * From this transaction on nothing more is granted to the scope at `epoch`, for good: going back means a higher epoch, which
 * starts a new lease. The row's lock decides against a keeper that grants at the same moment. May be repeated, also by an
 * operation that comes after the one that stopped it. Returns what bounds the writer now, null when no lease does.
 * Throws conflict when the scope is not at this epoch.
 */
export async function stopLease(
  tx: Tx,
  { scope, epoch, operationId }: { scope: string; epoch: bigint; operationId: string },
): Promise<LeaseEnd | null> {
  const current = await tx.$queryRaw<object[]>`
    SELECT 1 FROM region_write_epoch WHERE logical_scope = ${scope} AND epoch = ${epoch} FOR UPDATE`
  if (current.length === 0) throw new DomainError('conflict', `${scope} is no longer at write epoch ${epoch}.`)
  await tx.$executeRaw`
    INSERT INTO write_lease AS known (scope, epoch, member_id, granted_until, stopped_by, stopped_at)
    SELECT logical_scope, epoch, active_member, now(), ${operationId}::uuid, now()
      FROM region_write_epoch WHERE logical_scope = ${scope}
    ON CONFLICT (scope) DO UPDATE SET
      epoch = excluded.epoch, member_id = excluded.member_id, stopped_by = excluded.stopped_by, stopped_at = excluded.stopped_at,
      granted_until = CASE WHEN known.epoch = excluded.epoch THEN known.granted_until ELSE excluded.granted_until END,
      ordered_until = CASE WHEN known.epoch = excluded.epoch THEN known.ordered_until END,
      applied_until = CASE WHEN known.epoch = excluded.epoch THEN known.applied_until END,
      final_until = NULL, updated_at = now()
    WHERE known.epoch < excluded.epoch OR known.stopped_by IS NULL`
  return leaseEndsAt(tx, scope)
}

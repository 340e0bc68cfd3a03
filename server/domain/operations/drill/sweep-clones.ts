import type { Db } from '@/server/db'
import type { HostAgent } from '@/server/engines/contract'
import { log } from '@/server/log'
import { SWEEP_MAX, SWEEP_WITHIN_MS } from './limits'

const DISCARD_MS = 60_000

/**
 * The last net below the undo: copies of drills that have ended, or that nobody can go on with, whose discarding is not on
 * record. Asking again for one that is gone does nothing; one that cannot be discarded now holds up no other.
 */
export async function sweepClones(
  db: Db,
  agent: HostAgent | null,
  signal: AbortSignal,
): Promise<{ sweptCount: number; failedCount: number }> {
  if (!agent) return { sweptCount: 0, failedCount: 0 }
  const left = await db.$queryRaw<{ id: string }[]>`
    SELECT operation.id FROM operation
     WHERE operation.kind = 'drill-clone' AND operation.status IN ('done', 'undone', 'needs-human')
       AND operation.created_at > clock_timestamp() - ${SWEEP_WITHIN_MS} * interval '1 millisecond'
       AND EXISTS (SELECT FROM operation_step AS step WHERE step.operation_id = operation.id
         AND step.name = 'start-clone' AND step.status NOT IN ('pending', 'refused', 'failed', 'undone', 'skipped'))
       AND NOT EXISTS (SELECT FROM operation_step AS step WHERE step.operation_id = operation.id
         AND step.name = 'discard-clone' AND step.status = 'done')
     ORDER BY operation.created_at LIMIT ${SWEEP_MAX}`
  const discard = async ({ id }: { id: string }) => {
    try {
      await agent.discardClone({ operationId: id }, { timeoutMs: DISCARD_MS, signal })
      return true
    } catch (error) {
      log.warn({ err: error, operationId: id }, 'A copy of a drill could not be discarded; it is tried again.')
      return false
    }
  }
  const isGone = await Promise.all(left.map(discard))
  const sweptCount = isGone.filter(Boolean).length
  return { sweptCount, failedCount: left.length - sweptCount }
}

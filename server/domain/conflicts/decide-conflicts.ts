import type { z } from 'zod'
import { openConflictStates, undecidedConflictsKey } from '@/model/conflict-states'
import { DomainError } from '@/model/errors'
import { type ConflictsDecided, conflictDecisions, type DecideConflicts } from '@/model/schemas/conflicts'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { type Actor, announce, appendAudits, type Tx, transact } from '@/server/db'
import { resolveAlert } from '../alerts'

type Decided = { conflictId: string; tenantId: string; table: string; homeRegion: string; staleServerId: string | null }

/**
 * A person's word on one case or on a selection, with one note. What somebody else has decided meanwhile is left as it is and named
 * in the answer: the conditional update settles who was first.
 */
export async function decideConflicts(
  ctx: Ctx,
  { ids, decision, note }: DecideConflicts,
): Promise<z.infer<typeof ConflictsDecided>> {
  const principal = authorizePerson(ctx, 'conflict:decide')
  const wanted = [...new Set(ids)]
  return transact(ctx.db, async (tx) => {
    const known = await tx.crossRegionConflictCase.count({ where: { conflictId: { in: wanted } } })
    if (known !== wanted.length) throw new DomainError('not-found', 'One of these cases does not exist.')
    const decided = await tx.$queryRaw<Decided[]>`
      UPDATE cross_region_conflict_case SET status = 'RESOLVED', decision = ${decision}, decided_by = ${principal.personId}::uuid,
        resolved_at = clock_timestamp(), resolution_note = ${note}
       WHERE conflict_id = ANY(${wanted}::uuid[]) AND status = ANY(${openConflictStates})
      RETURNING conflict_id AS "conflictId", tenant_id AS "tenantId", aggregate_type AS table, home_region AS "homeRegion",
        stale_server_id AS "staleServerId"`
    if (decided.length > 0) {
      await appendAudits(
        tx,
        decided.map((one) => ({
          actor: actorOf(principal),
          action: 'conflict.decided' as const,
          aggregateType: 'cross_region_conflict_case',
          aggregateId: one.conflictId,
          homeRegion: ctx.servedFrom,
          tenantId: one.tenantId,
          correlationId: one.staleServerId ?? one.conflictId,
          occurredAt: new Date(),
          detail: { table: one.table, decision: conflictDecisions[decision], note },
        })),
      )
      const servers = new Set(decided.flatMap(({ staleServerId }) => staleServerId ?? []))
      for (const server of [...servers].sort())
        await endAlertWhenDone(tx, server, { actor: actorOf(principal), homeRegion: ctx.servedFrom })
      await announce(tx, { topic: 'operations', ids: decided.map(({ conflictId }) => conflictId) })
    }
    const ours = new Set(decided.map(({ conflictId }) => conflictId))
    return { decidedCount: decided.length, alreadyDecided: wanted.filter((id) => !ours.has(id)) }
  })
}

/**
 * Of two who decide the last rows at once, each would still see the other's row open, and the alert would stay for ever. The lock on
 * the server's row lets one after the other count; whoever notes the end of a return, and raises the alert, holds it as well.
 */
async function endAlertWhenDone(
  tx: Tx,
  staleServerId: string,
  by: { actor: Actor; homeRegion: string },
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM stale_server WHERE id = ${staleServerId}::uuid FOR NO KEY UPDATE`
  const left = await tx.crossRegionConflictCase.count({
    where: { staleServerId, status: { in: [...openConflictStates] } },
  })
  if (left > 0) return
  await resolveAlert(tx, { dedupeKey: undecidedConflictsKey(staleServerId), says: 'Every row is decided.', ...by })
}

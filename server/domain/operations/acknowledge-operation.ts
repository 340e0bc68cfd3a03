import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { AcknowledgeOperation } from '@/model/schemas/operations'
import { whyNotAcknowledge } from '@/model/states'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { announce, appendAudit, transact } from '@/server/db'

type Done = { code: string; scope: string; requestId: string | null; epoch: string | null; acknowledgedAt: Date }

/**
 * A person has taken note of a failover that is done: that ends the rest of its cell. It moves nothing and opens nothing; the
 * conditional update lets one person do it once.
 */
export async function acknowledgeOperation(
  ctx: Ctx,
  { id, note }: z.infer<typeof AcknowledgeOperation>,
): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'operation:acknowledge')
  await transact(ctx.db, async (tx) => {
    const [done] = await tx.$queryRaw<Done[]>`
      UPDATE operation o
         SET acknowledged_at = clock_timestamp(), acknowledged_by = ${principal.personId}::uuid, acknowledgement = ${note}
        FROM operation_plan p
       WHERE o.id = ${id}::uuid AND p.id = o.plan_id AND o.acknowledged_at IS NULL
         AND o.kind = 'forced-failover' AND o.status = 'done'
      RETURNING o.code, o.scope, o.request_id AS "requestId", p.body #>> '{epoch,to}' AS epoch,
                o.acknowledged_at AS "acknowledgedAt"`
    if (!done) throw await whyNot(tx.operation.findUnique({ where: { id } }))
    await appendAudit(tx, {
      actor: actorOf(principal),
      action: 'operation.acknowledged',
      aggregateType: 'operation',
      aggregateId: id,
      homeRegion: ctx.servedFrom,
      scope: done.scope,
      ...(done.epoch !== null && { epoch: BigInt(done.epoch) }),
      correlationId: done.requestId ?? id,
      occurredAt: done.acknowledgedAt,
      detail: { code: done.code, note },
    })
    await announce(tx, { topic: 'operations', ids: [id] })
  })
  return {}
}

type Found = { kind: string; status: string; acknowledgedAt: Date | null } | null

async function whyNot(found: Promise<Found>): Promise<DomainError> {
  const operation = await found
  if (!operation) return new DomainError('not-found', 'There is no such operation.')
  return new DomainError('conflict', whyNotAcknowledge(operation) ?? 'Somebody was faster: look again.')
}

import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import { type AcknowledgeAlert, type AlertKind, alertKinds } from '@/model/schemas/alerts'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { announce, appendAudit, transact } from '@/server/db'

/** A person takes note, with a word for the others. It ends nothing: an alert is over when its cause is gone. */
export async function acknowledgeAlert(
  ctx: Ctx,
  { id, note }: z.infer<typeof AcknowledgeAlert>,
): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'alert:acknowledge')
  await transact(ctx.db, async (tx) => {
    const [alert] = await tx.$queryRaw<{ kind: AlertKind; scope: string | null; acknowledgedAt: Date }[]>`
      UPDATE alert SET acknowledged_at = clock_timestamp(), acknowledged_by = ${principal.personId}::uuid, acknowledgement = ${note}
       WHERE id = ${id}::uuid AND acknowledged_at IS NULL AND resolved_at IS NULL
      RETURNING kind, scope, acknowledged_at AS "acknowledgedAt"`
    if (!alert) throw await whyNot(tx.alert.findUnique({ where: { id } }))
    await appendAudit(tx, {
      actor: actorOf(principal),
      action: 'alert.acknowledged',
      aggregateType: 'alert',
      aggregateId: id,
      homeRegion: ctx.servedFrom,
      ...(alert.scope !== null && { scope: alert.scope }),
      correlationId: id,
      occurredAt: alert.acknowledgedAt,
      detail: { title: alertKinds[alert.kind] ?? alert.kind, note },
    })
    await announce(tx, { topic: 'operations', ids: [id] })
  })
  return {}
}

async function whyNot(found: Promise<{ resolvedAt: Date | null } | null>): Promise<DomainError> {
  const alert = await found
  if (!alert) return new DomainError('not-found', 'There is no such alert.')
  if (alert.resolvedAt) return new DomainError('conflict', 'This alert is over already.')
  return new DomainError('conflict', 'Somebody has acknowledged this alert already.')
}

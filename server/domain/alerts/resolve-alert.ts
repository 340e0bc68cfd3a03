import { type AlertKind, alertKinds } from '@/model/schemas/alerts'
import { type Actor, announce, appendAudit, type Tx } from '@/server/db'

export type Resolution = { dedupeKey: string; says: string; actor: Actor; homeRegion: string }

/** Closes the open alert of a cause that is gone. Nothing happens when there is none; a conditional update settles two that do. */
export async function resolveAlert(tx: Tx, { dedupeKey, says, actor, homeRegion }: Resolution): Promise<boolean> {
  const [alert] = await tx.$queryRaw<{ id: string; kind: AlertKind; scope: string | null; resolvedAt: Date }[]>`
    UPDATE alert SET resolved_at = clock_timestamp() WHERE dedupe_key = ${dedupeKey} AND resolved_at IS NULL
    RETURNING id, kind, scope, resolved_at AS "resolvedAt"`
  if (!alert) return false
  await appendAudit(tx, {
    actor,
    action: 'alert.resolved',
    aggregateType: 'alert',
    aggregateId: alert.id,
    homeRegion,
    ...(alert.scope !== null && { scope: alert.scope }),
    correlationId: alert.id,
    occurredAt: alert.resolvedAt,
    detail: { title: alertKinds[alert.kind] ?? alert.kind, says },
  })
  await announce(tx, { topic: 'operations', ids: [alert.id] })
  return true
}

import { v7 as uuidv7 } from 'uuid'
import { paths } from '@/model/paths'
import { AlertFacts, type AlertKind, type AlertSeverity, alertKinds } from '@/model/schemas/alerts'
import { type Actor, announce, appendAudit, type Tx } from '@/server/db'
import { notify } from '@/server/domain/notifications'

export type AlertOrder = {
  kind: AlertKind
  severity: AlertSeverity
  /** One open alert a cause: raising it again only says that the cause is still there. */
  dedupeKey: string
  scope: string | null
  cellId: string | null
  says: string
  facts: AlertFacts
  actor: Actor
  homeRegion: string
}

/**
 * Raises an alert in the caller's transaction, or says that an open one of the same cause was seen again: its facts stay those of
 * the first moment. The unique index on open causes settles two that raise it at once.
 */
export async function raiseAlert(tx: Tx, order: AlertOrder): Promise<{ id: string; isNew: boolean }> {
  const { kind, severity, dedupeKey, scope, cellId, says, facts } = order
  const [row] = await tx.$queryRaw<{ id: string; raisedAt: Date; isNew: boolean }[]>`
    INSERT INTO alert (id, kind, severity, dedupe_key, scope, cell_id, says, facts, raised_at, last_seen_at)
    VALUES (${uuidv7()}::uuid, ${kind}, ${severity}, ${dedupeKey}, ${scope}, ${cellId}, ${says}, ${JSON.stringify(facts)}::jsonb,
            clock_timestamp(), clock_timestamp())
    ON CONFLICT (dedupe_key) WHERE resolved_at IS NULL DO UPDATE SET last_seen_at = clock_timestamp()
    RETURNING id, raised_at AS "raisedAt", xmax = 0 AS "isNew"`
  const { id, raisedAt, isNew } = row!
  if (!isNew) return { id, isNew }
  await appendAudit(tx, {
    actor: order.actor,
    action: 'alert.raised',
    aggregateType: 'alert',
    aggregateId: id,
    homeRegion: order.homeRegion,
    ...(scope !== null && { scope }),
    correlationId: id,
    occurredAt: raisedAt,
    detail: { title: alertKinds[kind], kind, severity, says },
  })
  if (severity === 'critical') await tellCritical(tx, id, order)
  await announce(tx, { topic: 'operations', ids: [id] })
  return { id, isNew }
}

/** What one cause does to many scopes arrives as one message: alerts of one kind are told together when they come together. */
async function tellCritical(tx: Tx, alertId: string, { kind, scope, cellId }: AlertOrder): Promise<void> {
  await notify(tx, {
    topic: 'alert.critical',
    objectId: alertId,
    text: `CRITICAL: ${alertKinds[kind]}${cellId ? ` in ${cellId}` : ''}.`,
    path: paths.overview(),
    body: { kind, state: 'open', scope, cell: cellId, correlationId: alertId, cause: kind },
  })
}

/** Adds what was found out or done since to the facts of an open alert. */
export async function addFacts(tx: Tx, id: string, change: (known: AlertFacts) => AlertFacts): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM alert WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  const alert = await tx.alert.findUniqueOrThrow({ where: { id }, select: { facts: true } })
  const known = AlertFacts.catch({}).parse(alert.facts)
  await tx.alert.update({ where: { id }, data: { facts: { ...known, ...change(known) } } })
  await announce(tx, { topic: 'operations', ids: [id] })
}

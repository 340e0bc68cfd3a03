import { describeAudit } from '@/model/audit-actions'
import type { Json } from '@/model/canonical-json'
import type { EventLine } from '@/model/schemas/estate'
import type { Db } from '@/server/db'

const EVENTS_MAX = 20

type EventRow = {
  seq: bigint | null
  id: string
  at: Date
  action: string
  detail: Record<string, Json>
  actor: string
  scope: string | null
  correlationId: string | null
}

/**
 * The newest events; of one region when asked: those recorded for it and those of the cells that live there. A denial
 * changed nothing, and one curious person makes many: the Audit page has them.
 */
export async function readEvents(db: Db, only?: { region: string; scopes: readonly string[] }): Promise<EventLine[]> {
  const region = only?.region ?? null
  const scopes = [...(only?.scopes ?? [])]
  // Event ids are UUIDv7: the primary key is in order of time.
  const rows = await db.$queryRaw<EventRow[]>`
    SELECT sequence.seq, event.audit_event_id AS id, event.occurred_at AS at, event.action_type AS action,
           event.metadata AS detail, coalesce(person.name, event.body::jsonb->'actor'->>'name', event.actor_kind) AS actor,
           event.scope, event.correlation_id AS "correlationId"
      FROM global_audit_event AS event
      LEFT JOIN audit_sequence AS sequence ON sequence.audit_event_id = event.audit_event_id
      LEFT JOIN person ON person.id = event.actor_id
     WHERE event.action_type <> 'access.denied'
       AND (${region}::text IS NULL OR event.home_region = ${region} OR event.scope = ANY(${scopes}))
     ORDER BY event.audit_event_id DESC LIMIT ${EVENTS_MAX}`
  return rows.map(({ seq, at, detail, ...row }) => ({
    ...row,
    seq: seq?.toString() ?? null,
    at: at.toISOString(),
    says: describeAudit(row.action, detail),
  }))
}

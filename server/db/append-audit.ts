import { createHash } from 'node:crypto'
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import type { AuditAction } from '@/model/audit-actions'
import { canonicalJson, type Json } from '@/model/canonical-json'
import { ANNOUNCEMENT_CHANNEL, type Announcement, announcementText } from './announce'
import type { Tx } from './client'

/** Who acts. A worker or a service acts under its own name; what a person asked for stays linked by `correlationId`. */
export type Actor =
  | { kind: 'person'; personId: string; name: string; sessionId: string }
  | { kind: 'worker' | 'service'; name: string }

export type AuditEntry = {
  actor: Actor
  /** Noun and participle; the list and its sentences are in model/audit-actions.ts. */
  action: AuditAction
  aggregateType: string
  aggregateId: string
  aggregateVersion?: bigint
  homeRegion: string
  scope?: string
  epoch?: bigint
  tenantId?: string
  commandId?: string
  /** Ties everything that follows from one request together. */
  correlationId?: string
  causationId?: string
  occurredAt: Date
  /** Facts of the event; no credentials, and of people their ids and, where a sign-in failed, the address it came from. */
  detail: { readonly [key: string]: Json }
}

/** Stands for "the platform itself" where an event concerns no single tenant. */
export const PLATFORM_TENANT_ID = '00000000-0000-0000-0000-000000000000'
export const AUDIT_BODY_VERSION = 1

const SCOPE_NAMESPACE = '6f1d5f0e-7c1a-5d0b-9a39-1f0d2f8f6a01'

/** A scope such as `cell:sin` as an aggregate: the same UUID (version 5) everywhere and always. */
export function scopeAggregateId(scope: string): string {
  return uuidv5(scope, SCOPE_NAMESPACE)
}

/**
 * Appends to the inbox inside the caller's transaction: a change without its event does not commit, an event without its
 * change does not either. The sequencer gives it its place in the order after commit.
 */
export async function appendAudit(tx: Tx, entry: AuditEntry): Promise<{ auditEventId: string }> {
  const [auditEventId] = await appendAudits(tx, [entry])
  return { auditEventId: auditEventId! }
}

/**
 * Several events of one change in one statement: a recorded step lies on the path of a write pause, and the typed client
 * took three statements and about three times as long. They announce themselves in it too, and what changed with them.
 */
export async function appendAudits(
  tx: Tx,
  entries: readonly AuditEntry[],
  alsoAnnounce?: Announcement,
): Promise<string[]> {
  const rows = entries.map(auditRow)
  const audit: Announcement = { topic: 'audit', ids: [] }
  const news = (alsoAnnounce ? [audit, alsoAnnounce] : [audit]).map(announcementText)
  await tx.$executeRaw`
    WITH event AS (
      INSERT INTO global_audit_event (audit_event_id, tenant_id, home_region, actor_id, actor_kind, action_type, aggregate_type,
        aggregate_id, aggregate_version, command_id, correlation_id, causation_id, occurred_at, scope, epoch, payload_hash,
        metadata, body)
      SELECT "auditEventId", "tenantId", "homeRegion", "actorId", "actorKind", "actionType", "aggregateType",
        "aggregateId", "aggregateVersion", "commandId", "correlationId", "causationId", "occurredAt", scope, epoch, "payloadHash",
        metadata, body
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
        "auditEventId" uuid, "tenantId" uuid, "homeRegion" text, "actorId" uuid, "actorKind" text, "actionType" text,
        "aggregateType" text, "aggregateId" uuid, "aggregateVersion" bigint, "commandId" uuid, "correlationId" text,
        "causationId" text, "occurredAt" timestamptz, scope text, epoch bigint, "payloadHash" text, metadata jsonb, body text)
      RETURNING audit_event_id),
    inbox AS (INSERT INTO audit_inbox (audit_event_id) SELECT audit_event_id FROM event)
    SELECT pg_notify(${ANNOUNCEMENT_CHANNEL}, news) FROM unnest(${news}::text[]) AS news`
  return rows.map(({ auditEventId }) => auditEventId)
}

/** Bigints travel as text: JSON numbers would round them. */
function auditRow(entry: AuditEntry) {
  const auditEventId = uuidv7()
  const body = canonicalJson(auditBody(auditEventId, entry))
  return {
    auditEventId,
    tenantId: entry.tenantId ?? PLATFORM_TENANT_ID,
    homeRegion: entry.homeRegion,
    actorId: entry.actor.kind === 'person' ? entry.actor.personId : null,
    actorKind: entry.actor.kind,
    actionType: entry.action,
    aggregateType: entry.aggregateType,
    aggregateId: entry.aggregateId,
    aggregateVersion: entry.aggregateVersion?.toString() ?? null,
    commandId: entry.commandId ?? null,
    correlationId: entry.correlationId ?? null,
    causationId: entry.causationId ?? null,
    occurredAt: entry.occurredAt.toISOString(),
    scope: entry.scope ?? null,
    epoch: entry.epoch?.toString() ?? null,
    payloadHash: createHash('sha256').update(body, 'utf8').digest('hex'),
    metadata: entry.detail,
    body,
  }
}

function auditBody(auditEventId: string, entry: AuditEntry): Json {
  return {
    version: AUDIT_BODY_VERSION,
    id: auditEventId,
    actor:
      entry.actor.kind === 'person'
        ? { kind: 'person', personId: entry.actor.personId, sessionId: entry.actor.sessionId }
        : { kind: entry.actor.kind, name: entry.actor.name },
    action: entry.action,
    aggregate: {
      type: entry.aggregateType,
      id: entry.aggregateId,
      version: entry.aggregateVersion?.toString() ?? null,
    },
    tenantId: entry.tenantId ?? PLATFORM_TENANT_ID,
    homeRegion: entry.homeRegion,
    scope: entry.scope ?? null,
    epoch: entry.epoch?.toString() ?? null,
    commandId: entry.commandId ?? null,
    correlationId: entry.correlationId ?? null,
    causationId: entry.causationId ?? null,
    occurredAt: entry.occurredAt.toISOString(),
    detail: entry.detail,
  }
}

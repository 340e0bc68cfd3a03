import { describeAudit } from '@/model/audit-actions'
import type { Json } from '@/model/canonical-json'
import type { AuditFilter, AuditPage, AuditRow } from '@/model/schemas/audit'
import { hasUuidForm } from '@/model/uuid'
import { authorize, type Ctx } from '@/server/context'
import type { Prisma } from '@/server/db'

/** Newest first. Events that are committed but not yet numbered come on top of the first page, without a number. */
export async function listAudit(ctx: Ctx, filter: AuditFilter): Promise<AuditPage> {
  authorize(ctx, 'audit:read')
  const pending = filter.cursor ? [] : await findEvents(ctx, filter, { sequence: null })
  const numbered = await findEvents(ctx, filter, {
    sequence: { is: filter.cursor ? { seq: { lt: BigInt(filter.cursor) } } : {} },
  })
  const events = [...pending, ...numbered]
  const names = await namesOf(ctx, events)
  const rows = events.map((event) => toRow(event, names))
  return { rows, nextCursor: numbered.length === filter.limit ? (rows.at(-1)?.seq ?? null) : null }
}

type EventWithSequence = Prisma.GlobalAuditEventGetPayload<{ include: { sequence: true } }>

function findEvents(
  ctx: Ctx,
  filter: AuditFilter,
  where: Prisma.GlobalAuditEventWhereInput,
): Promise<EventWithSequence[]> {
  return ctx.db.globalAuditEvent.findMany({
    where: { AND: [where, ...conditionsOf(filter)] },
    include: { sequence: true },
    orderBy: [{ sequence: { seq: 'desc' } }, { recordedAt: 'desc' }],
    take: filter.limit,
  })
}

function conditionsOf(filter: AuditFilter): Prisma.GlobalAuditEventWhereInput[] {
  const conditions: Prisma.GlobalAuditEventWhereInput[] = []
  if (filter.action) conditions.push({ actionType: { startsWith: filter.action } })
  if (filter.scope) conditions.push({ scope: filter.scope })
  if (filter.correlation) conditions.push({ correlationId: filter.correlation })
  if (filter.actor) conditions.push(hasUuidForm(filter.actor) ? { actorId: filter.actor } : { actorKind: filter.actor })
  if (filter.from) conditions.push({ occurredAt: { gte: new Date(filter.from) } })
  if (filter.to) conditions.push({ occurredAt: { lt: new Date(filter.to) } }) // half-open, like every period
  return conditions
}

/** The trail holds ids; who that is today is looked up beside it, so that a name can be corrected or erased. */
async function namesOf(ctx: Ctx, events: readonly EventWithSequence[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(events.flatMap((event) => [event.actorId, personOf(event)]).filter((id) => id !== null))]
  const persons = await ctx.db.person.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  return new Map(persons.map((person) => [person.id, person.name]))
}

/** Whom an event is about, where that is a person. */
const personOf = (event: EventWithSequence): string | null =>
  event.aggregateType === 'person' ? event.aggregateId : null

function toRow(event: EventWithSequence, names: ReadonlyMap<string, string>): AuditRow {
  const actor = event.actorId ?? actorName(event.body)
  const person = names.get(personOf(event) ?? '') ?? null
  return {
    seq: event.sequence?.seq.toString() ?? null,
    id: event.auditEventId,
    occurredAt: event.occurredAt.toISOString(),
    recordedAt: event.recordedAt.toISOString(),
    action: event.actionType,
    says: describeAudit(event.actionType, { ...(event.metadata as Record<string, Json>), person }),
    actor,
    actorName: names.get(actor) ?? actor,
    actorKind: event.actorKind,
    aggregateType: event.aggregateType,
    aggregateId: event.aggregateId,
    scope: event.scope,
    epoch: event.epoch?.toString() ?? null,
    homeRegion: event.homeRegion,
    correlationId: event.correlationId,
    causationId: event.causationId,
    payloadHash: event.payloadHash,
    chainHash: event.sequence?.chainHash ?? null,
    body: event.body,
  }
}

function actorName(body: string): string {
  const { actor } = JSON.parse(body) as { actor?: { name?: unknown } }
  return typeof actor?.name === 'string' ? actor.name : 'unknown'
}

import type { z } from 'zod'
import {
  AlertFacts,
  type AlertFilter,
  type AlertKind,
  type AlertSeverity,
  type AlertView,
  alertKinds,
} from '@/model/schemas/alerts'
import { authorize, type Ctx } from '@/server/context'

const ALERTS_MAX = 100

/** Open ones first, the critical before the others, the newest before the older. */
export async function listAlerts(ctx: Ctx, { status }: z.infer<typeof AlertFilter>): Promise<AlertView[]> {
  authorize(ctx, 'alert:read')
  const rows = await ctx.db.alert.findMany({
    where: status === 'open' ? { resolvedAt: null } : {},
    orderBy: [{ resolvedAt: { sort: 'desc', nulls: 'first' } }, { severity: 'asc' }, { raisedAt: 'desc' }],
    take: ALERTS_MAX,
  })
  const personIds = rows.flatMap((row) => row.acknowledgedBy ?? [])
  const people = await ctx.db.person.findMany({ where: { id: { in: personIds } }, select: { id: true, name: true } })
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    title: alertKinds[row.kind as AlertKind] ?? row.kind,
    severity: row.severity as AlertSeverity, // the database's CHECK is this list
    scope: row.scope,
    cellId: row.cellId,
    says: row.says,
    facts: AlertFacts.catch({}).parse(row.facts),
    raisedAt: row.raisedAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy
      ? (people.find(({ id }) => id === row.acknowledgedBy) ?? { id: row.acknowledgedBy, name: 'Unknown person' })
      : null,
    acknowledgement: row.acknowledgement,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
  }))
}

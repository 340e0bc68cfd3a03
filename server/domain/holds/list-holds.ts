import type { z } from 'zod'
import type { HoldKind, HoldLevel } from '@/model/hold-kinds'
import type { HoldFilter, HoldView } from '@/model/schemas/holds'
import { authorize, type Ctx } from '@/server/context'
import type { Db, Prisma } from '@/server/db'
import { catalogNow } from '@/server/db'

const HOLDS_MAX = 200

/** Newest first. */
export async function listHolds(ctx: Ctx, { status }: z.infer<typeof HoldFilter>): Promise<HoldView[]> {
  authorize(ctx, 'operation:read')
  const now = await catalogNow(ctx.db)
  const rows = await ctx.db.hold.findMany({
    where: status === 'active' ? activeAt(now) : {},
    orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
    take: HOLDS_MAX,
  })
  return viewHolds(ctx.db, rows, now)
}

export function activeAt(now: Date): Prisma.HoldWhereInput {
  return { releasedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: now } }] }
}

type HoldRow = NonNullable<Awaited<ReturnType<Db['hold']['findFirst']>>>

async function viewHolds(db: Db, rows: readonly HoldRow[], now: Date): Promise<HoldView[]> {
  const personIds = rows.flatMap((row) => [row.placedBy, ...(row.releasedBy ? [row.releasedBy] : [])])
  const people = await db.person.findMany({ where: { id: { in: personIds } }, select: { id: true, name: true } })
  const personOf = (id: string) => people.find((person) => person.id === id) ?? { id, name: 'Unknown person' }
  const tenants = await db.tenantRegionAssignment.findMany({
    where: { tenantId: { in: rows.filter(({ level }) => level === 'tenant').map(({ subject }) => subject) } },
    select: { tenantId: true, name: true },
  })
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as HoldKind, // the database's CHECK is this list
    level: row.level as HoldLevel, // as above
    subject: row.subject,
    subjectName: tenants.find(({ tenantId }) => tenantId === row.subject)?.name ?? row.subject,
    reason: row.reason,
    placedBy: personOf(row.placedBy),
    placedAt: row.placedAt.toISOString(),
    endsAt: row.endsAt?.toISOString() ?? null,
    state: row.releasedAt ? 'released' : row.endsAt && row.endsAt <= now ? 'ended' : 'active',
    releasedAt: row.releasedAt?.toISOString() ?? null,
    releasedBy: row.releasedBy ? personOf(row.releasedBy) : null,
    releaseReason: row.releaseReason,
  }))
}

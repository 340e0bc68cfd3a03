import type { z } from 'zod'
import { openConflictStates } from '@/model/conflict-states'
import type { StaleServerFilter, StaleServerSummary } from '@/model/schemas/stale-servers'
import { openStaleStates } from '@/model/stale-states'
import { authorize, type Ctx } from '@/server/context'
import { summaryOf } from './read-stale-server'

const SERVERS_MAX = 200

/** Newest first. */
export async function listStaleServers(
  ctx: Ctx,
  { status }: z.infer<typeof StaleServerFilter>,
): Promise<StaleServerSummary[]> {
  authorize(ctx, 'operation:read')
  const rows = await ctx.db.staleServer.findMany({
    where: status === 'open' ? { status: { in: [...openStaleStates] } } : {},
    orderBy: { leftAt: 'desc' },
    take: SERVERS_MAX,
  })
  const members = await ctx.db.cellMember.findMany({
    where: { id: { in: rows.map((row) => row.memberId) } },
    select: { id: true, regionCode: true },
  })
  const cases = await ctx.db.crossRegionConflictCase.groupBy({
    by: ['staleServerId'],
    where: { staleServerId: { in: rows.map((row) => row.id) }, status: { in: [...openConflictStates] } },
    _count: { _all: true },
  })
  return rows.map((row) =>
    summaryOf(
      row,
      members.find(({ id }) => id === row.memberId)?.regionCode ?? 'unknown',
      cases.find(({ staleServerId }) => staleServerId === row.id)?._count._all ?? 0,
    ),
  )
}

import { z } from 'zod'
import { titleOfOperation } from '@/model/operation-kinds'
import { rolesMay, whoMay } from '@/model/permissions'
import type { BreakGlassFilter, BreakGlassView } from '@/model/schemas/break-glass'
import { Override } from '@/model/schemas/plans'
import { authorize, type Ctx, type Principal } from '@/server/context'
import { catalogNow } from '@/server/db'
import { LIST_MAX } from '../limits'
import { namesOf } from '../requests/request-queries'
import { OWN_USE, REVIEWED, whyUnended } from './review-break-glass'

/** Newest first; `open` are those that nobody has reviewed yet. */
export async function listBreakGlass(
  ctx: Ctx,
  { status }: z.infer<typeof BreakGlassFilter>,
): Promise<BreakGlassView[]> {
  const principal = authorize(ctx, 'operation:read')
  const uses = await ctx.db.breakGlass.findMany({
    where: status === 'open' ? { reviewedAt: null } : {},
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: LIST_MAX,
  })
  const requests = await ctx.db.operationRequest.findMany({
    where: { id: { in: uses.map((use) => use.requestId) } },
    select: {
      ...REVIEWED,
      id: true,
      kind: true,
      operation: { select: { ...REVIEWED.operation.select, id: true } },
    },
  })
  const names = await namesOf(
    ctx.db,
    uses.flatMap((use) => [use.personId, ...(use.reviewedBy ? [use.reviewedBy] : [])]),
  )
  const now = await catalogNow(ctx.db)
  const personOf = (id: string) => ({ id, name: names.get(id) ?? 'Unknown person' })
  return uses.map((use) => {
    const request = requests.find(({ id }) => id === use.requestId)
    return {
      id: use.id,
      requestId: use.requestId,
      code: request?.code ?? 'unknown',
      operationId: request?.operation?.id ?? null,
      title: titleOfOperation(request?.kind ?? 'forced-failover', use.scope),
      scope: use.scope,
      person: personOf(use.personId),
      reason: use.reason,
      rules: z.array(Override).parse(use.rules),
      startedAt: use.startedAt.toISOString(),
      expiresAt: use.expiresAt.toISOString(),
      reviewedAt: use.reviewedAt?.toISOString() ?? null,
      reviewedBy: use.reviewedBy ? personOf(use.reviewedBy) : null,
      review: use.review,
      whyNotYou: whyNotReview(principal, use) ?? (request ? whyUnended(request, now) : null),
    }
  })
}

function whyNotReview(principal: Principal, use: { personId: string; reviewedAt: Date | null }): string | null {
  if (use.reviewedAt) return 'It has been reviewed.'
  if (principal.kind !== 'person' || !rolesMay(principal.roles, 'break-glass:review'))
    return whoMay('break-glass:review')
  return principal.personId === use.personId ? OWN_USE : null
}

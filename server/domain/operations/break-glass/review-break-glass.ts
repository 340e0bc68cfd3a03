import { DomainError } from '@/model/errors'
import type { ReviewBreakGlass } from '@/model/schemas/break-glass'
import { finalOperationStates } from '@/model/states'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { announce, appendAudit, catalogNow, type Prisma, transact } from '@/server/db'

/**
 * Closes a use of break-glass: somebody else than its person has looked at what came of it. The conditional update decides
 * between two reviewers, and the database refuses the person once more.
 */
export async function reviewBreakGlass(ctx: Ctx, input: ReviewBreakGlass): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'break-glass:review')
  await transact(ctx.db, async (tx) => {
    const use = await tx.breakGlass.findUnique({ where: { id: input.id } })
    if (!use) throw new DomainError('not-found', 'There is no such use of break-glass.')
    if (use.personId === principal.personId) throw new DomainError('forbidden', OWN_USE, { rule: 'two-people' })
    const now = await catalogNow(tx)
    const request = await tx.operationRequest.findUniqueOrThrow({ where: { id: use.requestId }, select: REVIEWED })
    const unended = whyUnended(request, now)
    if (unended) throw new DomainError('precondition-failed', unended)
    const { count } = await tx.breakGlass.updateMany({
      where: { id: use.id, reviewedAt: null },
      data: { reviewedAt: now, reviewedBy: principal.personId, review: input.review },
    })
    if (count === 0) throw new DomainError('conflict', 'Somebody has reviewed it already.')
    await appendAudit(tx, {
      actor: actorOf(principal),
      action: 'break-glass.reviewed',
      aggregateType: 'break_glass',
      aggregateId: use.id,
      homeRegion: ctx.servedFrom,
      scope: use.scope,
      correlationId: use.requestId,
      occurredAt: now,
      detail: { code: request.code, review: input.review },
    })
    await announce(tx, { topic: 'operations', ids: [use.id] })
  })
  return {}
}

/** What of a request decides whether its use can be reviewed. */
export const REVIEWED = {
  code: true,
  status: true,
  approveBy: true,
  operation: { select: { code: true, status: true } },
} as const satisfies Prisma.OperationRequestSelect
type Reviewed = Prisma.OperationRequestGetPayload<{ select: typeof REVIEWED }>

/** A review of what has not happened yet would close the case before there is one. Null: it is over. */
export function whyUnended({ code, status, approveBy, operation }: Reviewed, now: Date): string | null {
  if (operation)
    return finalOperationStates.some((final) => final === operation.status)
      ? null
      : `${operation.code} has not ended yet: review it when it has.`
  return status === 'waiting' && approveBy > now
    ? `${code} still waits for a second person: there is nothing to review yet.`
    : null
}

export const OWN_USE = 'You broke the glass yourself: another person must review it.'

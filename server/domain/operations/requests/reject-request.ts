import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { DecideRequest } from '@/model/schemas/operations'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { deciding } from './approve-request'
import { closeRequest, lockRequest } from './close-request'
import { listEligibleOf } from './eligible-people'
import { whyNotDecide } from './whether-to-decide'

/** One no is final. It needs no second factor: refusing harms nothing that stands, and must never be harder than agreeing. */
export async function rejectRequest(ctx: Ctx, input: z.infer<typeof DecideRequest>): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'operation:approve')
  await deciding(() =>
    transact(ctx.db, async (tx) => {
      const request = await lockRequest(tx, input.id)
      if (!request) throw new DomainError('not-found', 'There is no such request.')
      const refusal = whyNotDecide(
        request,
        principal,
        input.planHash,
        await listEligibleOf(tx, 'operation:approve', request.planId, [principal.personId]),
      )
      if (refusal) throw refusal
      await tx.approval.create({
        data: {
          requestId: request.id,
          requesterId: request.requesterId,
          planHash: request.planHash,
          personId: principal.personId,
          decision: 'reject',
          reason: input.reason,
          // A no stands without a fresh second factor; then this click itself is the only proof there is.
          authenticatedAt: principal.steppedUpAt ?? request.now,
          decidedAt: request.now,
        },
      })
      await closeRequest(tx, request, {
        status: 'rejected',
        action: 'request.rejected',
        actor: actorOf(principal),
        homeRegion: ctx.servedFrom,
        reason: input.reason,
      })
    }),
  )
  return {}
}

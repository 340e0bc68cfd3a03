import { DomainError } from '@/model/errors'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { announce, appendAudit, transact } from '@/server/db'
import { CLAIM_MS } from '../limits'
import { lockRequest } from './close-request'
import { listEligibleOf } from './eligible-people'
import { whyNotDecide } from './whether-to-decide'

/** "I am looking at it", for five minutes, by whoever may decide. Repeating it prolongs it. It gives no right and takes none away. */
export async function claimRequest(ctx: Ctx, input: { id: string }): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'operation:approve')
  await transact(ctx.db, async (tx) => {
    const request = await lockRequest(tx, input.id)
    if (!request) throw new DomainError('not-found', 'There is no such request.')
    if (request.status === 'waiting' && request.approveBy <= request.now)
      throw new DomainError('precondition-failed', `${request.code} has expired.`)
    const eligible = await listEligibleOf(tx, 'operation:approve', request.planId, [principal.personId])
    const refusal = whyNotDecide(request, principal, request.planHash, eligible)
    if (refusal) throw refusal
    const key = { requestId: request.id, personId: principal.personId }
    const until = new Date(Math.min(request.now.getTime() + CLAIM_MS, request.approveBy.getTime()))
    await tx.requestClaim.upsert({
      where: { requestId_personId: key },
      create: { ...key, claimedAt: request.now, until },
      update: { until },
    })
    await appendAudit(tx, {
      actor: actorOf(principal),
      action: 'request.claimed',
      aggregateType: 'operation_request',
      aggregateId: request.id,
      homeRegion: ctx.servedFrom,
      scope: request.scope,
      correlationId: request.id,
      occurredAt: request.now,
      detail: { code: request.code, until: until.toISOString() },
    })
    await announce(tx, { topic: 'approvals', ids: [request.id] })
  })
  return {}
}

/** Takes back one's own claim; where there is none, nothing happens. */
export async function unclaimRequest(ctx: Ctx, input: { id: string }): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'operation:approve')
  await transact(ctx.db, async (tx) => {
    const request = await lockRequest(tx, input.id)
    if (!request) throw new DomainError('not-found', 'There is no such request.')
    const key = { requestId: request.id, personId: principal.personId }
    const { count } = await tx.requestClaim.deleteMany({ where: key })
    if (count === 0) return
    await appendAudit(tx, {
      actor: actorOf(principal),
      action: 'request.unclaimed',
      aggregateType: 'operation_request',
      aggregateId: request.id,
      homeRegion: ctx.servedFrom,
      scope: request.scope,
      correlationId: request.id,
      occurredAt: request.now,
      detail: { code: request.code },
    })
    await announce(tx, { topic: 'approvals', ids: [request.id] })
  })
  return {}
}

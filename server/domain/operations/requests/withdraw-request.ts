import { DomainError } from '@/model/errors'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { closeRequest, lockRequest } from './close-request'

/** The requester takes the question back, as long as nobody has answered it. */
export async function withdrawRequest(ctx: Ctx, input: { id: string; reason: string }): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'operation:request')
  await transact(ctx.db, async (tx) => {
    const request = await lockRequest(tx, input.id)
    if (!request) throw new DomainError('not-found', 'There is no such request.')
    if (request.requesterId !== principal.personId)
      throw new DomainError('forbidden', 'Only the person who asked may withdraw. An approver may reject.')
    if (request.status !== 'waiting') throw new DomainError('conflict', `${request.code} is already ${request.status}.`)
    await closeRequest(tx, request, {
      status: 'withdrawn',
      action: 'request.withdrawn',
      actor: actorOf(principal),
      homeRegion: ctx.servedFrom,
      reason: input.reason,
    })
  })
  return {}
}

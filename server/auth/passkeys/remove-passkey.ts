import { DomainError } from '@/model/errors'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { appendAudit, catalogNow, transact } from '@/server/db'
import { requireFreshProof } from '../proof'

/** Removes a passkey of one's own account. Asks for a fresh proof: whoever holds an open session must not lock its person out. */
export async function removePasskey(ctx: Ctx, { id }: { id: string }): Promise<Record<string, never>> {
  const person = authorizePerson(ctx, 'session:own')
  await transact(ctx.db, async (tx) => {
    await requireFreshProof(tx, person)
    const { count } = await tx.passkey.deleteMany({
      where: { id, user: { sessions: { some: { id: person.sessionId } } } },
    })
    if (count === 0) throw new DomainError('not-found', 'You have no such passkey.')
    await appendAudit(tx, {
      actor: actorOf(person),
      action: 'passkey.removed',
      aggregateType: 'person',
      aggregateId: person.personId,
      homeRegion: ctx.servedFrom,
      correlationId: ctx.requestId,
      occurredAt: await catalogNow(tx),
      detail: { passkey: id },
    })
  })
  return {}
}

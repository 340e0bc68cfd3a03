import { DomainError } from '@/model/errors'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { announce, appendAudit, catalogNow, transact } from '@/server/db'

/** Lifts a hold, whoever placed it. The conditional update decides between two who do it at once. */
export async function releaseHold(ctx: Ctx, input: { id: string; reason: string }): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'hold:place')
  await transact(ctx.db, async (tx) => {
    const now = await catalogNow(tx)
    const { count } = await tx.hold.updateMany({
      where: { id: input.id, releasedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
      data: { releasedAt: now, releasedBy: principal.personId, releaseReason: input.reason },
    })
    const hold = await tx.hold.findUnique({ where: { id: input.id } })
    if (!hold) throw new DomainError('not-found', 'There is no such hold.')
    if (count === 0) throw new DomainError('conflict', 'This hold is over already.')
    await appendAudit(tx, {
      actor: actorOf(principal),
      action: 'hold.released',
      aggregateType: 'hold',
      aggregateId: hold.id,
      homeRegion: ctx.servedFrom,
      correlationId: hold.id,
      occurredAt: now,
      detail: { kind: hold.kind, level: hold.level, subject: hold.subject, reason: input.reason },
    })
    await announce(tx, { topic: 'operations', ids: [hold.id] })
  })
  return {}
}

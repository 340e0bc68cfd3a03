import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { BringBack } from '@/model/schemas/stale-servers'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { provenAt, startReturnIn } from '../operations'
import { whyNotBringBack } from './read-stale-server'

/**
 * A person has a server that the console switched off started again, for the console alone: its gate is closed and its tail read out
 * before anybody else reaches it, and nobody does until it is rebuilt.
 */
export async function bringBackServer(ctx: Ctx, { id }: z.infer<typeof BringBack>): Promise<{ operationId: string }> {
  const principal = authorizePerson(ctx, 'operation:control')
  return transact(ctx.db, async (tx) => {
    const [clock] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
    provenAt(principal, clock!.now) // throws `step-up-required`
    const why = await whyNotBringBack(tx, id)
    if (why) throw new DomainError('precondition-failed', why)
    const started = await startReturnIn(tx, {
      staleServerId: id,
      actor: actorOf(principal),
      homeRegion: ctx.servedFrom,
      startedBy: principal.personId,
    })
    if (!started)
      throw new DomainError('conflict', 'Somebody is at it already, or the cell has no writer to compare it with.')
    return { operationId: started.operationId }
  })
}

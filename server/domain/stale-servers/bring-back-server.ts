import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { BringBack } from '@/model/schemas/stale-servers'
import { provenAt } from '@/model/step-up'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { catalogNow } from '@/server/db'
import { prepareReturn, startReturn } from '../operations'
import { whyNotBringBack } from './read-stale-server'

/**
 * A person has a server that the console switched off started again, for the console alone: its gate is closed and its tail read out
 * before anybody else reaches it, and nobody does until it is rebuilt.
 */
export async function bringBackServer(ctx: Ctx, { id }: z.infer<typeof BringBack>): Promise<{ operationId: string }> {
  const principal = authorizePerson(ctx, 'operation:control')
  provenAt(principal, await catalogNow(ctx.db)) // throws `step-up-required`
  const why = await whyNotBringBack(ctx.db, id)
  if (why) throw new DomainError('precondition-failed', why)
  const prepared = await prepareReturn(ctx.db, { staleServerId: id, startedBy: principal.personId })
  if (!prepared)
    throw new DomainError(
      'precondition-failed',
      'The cell has no writer that is known: there is nothing to compare it with.',
    )
  const order = { actor: actorOf(principal), homeRegion: ctx.servedFrom, hasAnswered: false }
  const started = await startReturn(ctx.db, prepared, order)
  if (!started) throw new DomainError('conflict', 'Somebody is at it already.')
  return { operationId: started.operationId }
}

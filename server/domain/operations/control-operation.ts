import type { z } from 'zod'
import type { ControlOperation } from '@/model/schemas/operations'
import { provenAt } from '@/model/step-up'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { catalogNow, type Tx, transact } from '@/server/db'
import { type ControlOrder, requestAbort, requestPause, requestResume, requestRetry } from '@/server/workflows'

type Order = z.infer<typeof ControlOperation>

/**
 * What a person may tell a run to do, with a second factor proven as lately as for an approval. Each is noted with its
 * reason and honoured between two steps, never inside one.
 */
export const pauseOperation = (ctx: Ctx, input: Order) => control(ctx, input, requestPause)
export const resumeOperation = (ctx: Ctx, input: Order) => control(ctx, input, requestResume)
export const abortOperation = (ctx: Ctx, input: Order) => control(ctx, input, requestAbort)
export const retryOperation = (ctx: Ctx, input: Order) => control(ctx, input, requestRetry)

/** The runtime's own functions lock, check the state, change and append the audit event; all of it in this transaction. */
async function control(
  ctx: Ctx,
  { id, reason }: Order,
  ask: (tx: Tx, order: ControlOrder) => Promise<void>,
): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'operation:control')
  const order = { operationId: id, actor: actorOf(principal), homeRegion: ctx.servedFrom, reason }
  await transact(ctx.db, async (tx) => {
    provenAt(principal, await catalogNow(tx)) // throws `step-up-required`
    await ask(tx, order)
  })
  return {}
}

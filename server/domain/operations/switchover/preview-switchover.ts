import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { PreviewSwitchover, SwitchoverPreview } from '@/model/schemas/operations'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { refuseWrongTarget } from '../refuse-wrong-target'
import { offerPlan } from '../store-plan'
import { readWorld } from '../world/read-world'
import { planSwitchover } from './plan-switchover'
import { switchoverSteps } from './switchover-workflow'

/**
 * Dry run: what would happen, and what speaks against it. A plan that passes every check is stored, so that the request that
 * follows, and every approval of it, can name by its hash exactly what was read here. Changes nothing else.
 */
export async function previewSwitchover(
  ctx: Ctx,
  input: z.infer<typeof PreviewSwitchover>,
): Promise<z.infer<typeof SwitchoverPreview>> {
  const principal = authorizePerson(ctx, 'operation:request')
  return transact(ctx.db, async (tx) => {
    const world = await readWorld(tx, input.cellId)
    if (!world) throw new DomainError('not-found', `There is no cell ${input.cellId}.`)
    refuseWrongTarget(world, input.targetMember)
    const order = {
      targetMember: input.targetMember ?? null,
      madeBy: principal.personId,
      steps: switchoverSteps,
      thenAsk: input.thenAsk ?? false,
    }
    const { candidates, checks, plan } = planSwitchover(world, order)
    const by = { actor: actorOf(principal), homeRegion: ctx.servedFrom }
    return { cellId: input.cellId, candidates, checks, ...(await offerPlan(tx, { plan, nowMs: world.nowMs, by })) }
  })
}

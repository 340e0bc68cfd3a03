import { DomainError } from '@/model/errors'
import type { FailoverPreview, PreviewFailover } from '@/model/schemas/failovers'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { refuseWrongTarget } from '../refuse-wrong-target'
import { offerPlan } from '../store-plan'
import { readWorld } from '../world/read-world'
import { forcedSteps } from './forced-workflow'
import { planForcedFailover } from './plan-forced'

/**
 * Dry run of a failover without the old primary's help: what is known, what could be lost, what speaks against it. A plan that
 * nothing speaks against, or only what is overridden by name, is stored for the request. Changes nothing else.
 */
export async function previewFailover(ctx: Ctx, input: PreviewFailover): Promise<FailoverPreview> {
  const principal = authorizePerson(ctx, 'operation:request')
  if (input.isDeclared && !input.isBreakGlass)
    throw new DomainError('invalid-input', 'Only break-glass may declare the old primary closed.')
  return transact(ctx.db, async (tx) => {
    const world = await readWorld(tx, input.cellId)
    if (!world) throw new DomainError('not-found', `There is no cell ${input.cellId}.`)
    refuseWrongTarget(world, input.targetMember)
    const { finding, candidates, checks, means, plan } = planForcedFailover(world, {
      targetMember: input.targetMember ?? null,
      madeBy: principal.personId,
      steps: forcedSteps,
      overrides: input.overrides,
      isBreakGlass: input.isBreakGlass,
      isDeclared: input.isDeclared,
    })
    const by = { actor: actorOf(principal), homeRegion: ctx.servedFrom }
    const offer = await offerPlan(tx, { plan, nowMs: world.nowMs, by })
    return { cellId: input.cellId, finding, candidates, checks, means, ...offer }
  })
}

import { DomainError } from '@/model/errors'
import { joinSentences } from '@/model/join-sentences'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { type Actor, type Tx, transact } from '@/server/db'
import { enqueueOperation } from '@/server/workflows'
import { refuseWrongTarget } from '../refuse-wrong-target'
import { storePlan } from '../store-plan'
import { readWorld } from '../world/read-world'
import { cloneDrillSteps, cloneDrillWorkflow } from './clone-drill-workflow'
import { planCloneDrill } from './plan-clone-drill'

export type CloneDrillOrder = { cellId: string; targetMember?: string }
export type StartedDrill = { operationId: string; code: string }

/** Nobody approves it, because it touches nothing live. One at a time for each cell. */
export async function startCloneDrill(ctx: Ctx, input: CloneDrillOrder): Promise<StartedDrill> {
  const principal = authorizePerson(ctx, 'drill:run')
  const by = { actor: actorOf(principal), startedBy: principal.personId, homeRegion: ctx.servedFrom }
  return transact(ctx.db, (tx) => startCloneDrillIn(tx, input, by))
}

/** The races of two starts end at the index that allows one active operation a scope. */
export async function startCloneDrillIn(
  tx: Tx,
  { cellId, targetMember }: CloneDrillOrder,
  { actor, startedBy, homeRegion }: { actor: Actor; startedBy: string; homeRegion: string },
): Promise<StartedDrill> {
  const world = await readWorld(tx, cellId)
  const promised = await tx.cell.findUnique({
    where: { id: cellId },
    select: { rtoObjectiveMs: true, rpoObjectiveMs: true },
  })
  if (!world || !promised) throw new DomainError('not-found', `There is no cell ${cellId}.`)
  refuseWrongTarget(world, targetMember)
  const { plan, checks } = planCloneDrill(world, {
    targetMember: targetMember ?? null,
    madeBy: startedBy,
    steps: cloneDrillSteps,
    ...promised,
  })
  if (!plan) {
    const against = checks.filter(({ outcome }) => outcome !== 'passed')
    throw new DomainError(
      'precondition-failed',
      `No copy can be drilled now: ${joinSentences(against.map(({ says }) => says))}`,
      {
        rule: against[0]?.rule ?? 'fresh-observation',
      },
    )
  }
  const { id: planId } = await storePlan(tx, plan, { actor, homeRegion })
  const order = { planId, scope: plan.scope, requestId: null, startedBy, actor, homeRegion }
  return enqueueOperation(tx, cloneDrillWorkflow, order)
}

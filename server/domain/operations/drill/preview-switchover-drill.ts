import { DomainError } from '@/model/errors'
import type { DrillPreview, PreviewDrill } from '@/model/schemas/drills'
import type { Check, SwitchoverDrillPlan } from '@/model/schemas/plans'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { type Db, type Tx, transact } from '@/server/db'
import { decideDrift } from '../decide-drift'
import { cellIsGone, type Except, type Judgement } from '../judgement'
import { refuseWrongTarget } from '../refuse-wrong-target'
import { offerPlan } from '../store-plan'
import type { CellWorld } from '../world/cell-world'
import { readWorld } from '../world/read-world'
import { planSwitchoverDrill } from './plan-switchover-drill'
import { switchoverDrillSteps } from './switchover-drill-workflow'

/** Dry run of a drill on the live cell: like that of a switchover, and its plan says that it comes back. */
export async function previewSwitchoverDrill(ctx: Ctx, input: PreviewDrill): Promise<DrillPreview> {
  const principal = authorizePerson(ctx, 'operation:request')
  return transact(ctx.db, async (tx) => {
    const world = await readWorld(tx, input.cellId)
    if (!world) throw new DomainError('not-found', `There is no cell ${input.cellId}.`)
    refuseWrongTarget(world, input.targetMember)
    const chosen = await choose(tx, world, { targetMember: input.targetMember, madeBy: principal.personId })
    const { plan, candidates, checks, nowMs } = chosen
    const by = { actor: actorOf(principal), homeRegion: ctx.servedFrom }
    return { cellId: input.cellId, candidates, checks, ...(await offerPlan(tx, { plan, nowMs, by })) }
  })
}

export async function judgeSwitchoverDrill(db: Db | Tx, plan: SwitchoverDrillPlan, except: Except): Promise<Judgement> {
  const world = await readWorld(db, plan.cell, except)
  if (!world) return cellIsGone(plan.cell)
  return decideDrift(plan, world, switchoverDrillSteps)
}

export async function replanSwitchoverDrill(
  db: Db | Tx,
  old: SwitchoverDrillPlan,
  madeBy: string,
): Promise<{ plan: SwitchoverDrillPlan | null; checks: Check[] }> {
  const world = await readWorld(db, old.cell)
  if (!world) return { plan: null, checks: [] }
  return choose(db, world, { targetMember: old.target.member, madeBy })
}

async function choose(db: Db | Tx, world: CellWorld, order: { targetMember?: string | undefined; madeBy: string }) {
  const promised = await db.cell.findUniqueOrThrow({
    where: { id: world.cell.id },
    select: { rtoObjectiveMs: true, rpoObjectiveMs: true },
  })
  const choice = planSwitchoverDrill(world, {
    targetMember: order.targetMember ?? null,
    madeBy: order.madeBy,
    steps: switchoverDrillSteps,
    firstLegId: null,
    ...promised,
  })
  return { ...choice, nowMs: world.nowMs }
}

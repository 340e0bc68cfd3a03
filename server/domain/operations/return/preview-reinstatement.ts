import { DomainError } from '@/model/errors'
import type { ReinstatementPlan } from '@/model/schemas/plans'
import type { ReinstatementPreview } from '@/model/schemas/stale-servers'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { type Db, type Tx, transact } from '@/server/db'
import type { Except, Judgement } from '../judgement'
import { offerPlan } from '../store-plan'
import { judgeReinstatement, planReinstatement } from './plan-reinstatement'
import { readReinstating } from './read-reinstating'
import { reinstatementSteps } from './reinstatement-workflow'

/** Dry run of a rebuild: what speaks against it, and the plan that a request would name. Changes nothing else. */
export async function previewReinstatement(ctx: Ctx, { id }: { id: string }): Promise<ReinstatementPreview> {
  const principal = authorizePerson(ctx, 'operation:request')
  return transact(ctx.db, async (tx) => {
    const given = await readReinstating(tx, id)
    if (!given) throw new DomainError('not-found', 'There is no such server.')
    const { checks, plan } = planReinstatement(given, { madeBy: principal.personId, steps: reinstatementSteps })
    const by = { actor: actorOf(principal), homeRegion: ctx.servedFrom }
    return { staleServerId: id, checks, ...(await offerPlan(tx, { plan, nowMs: given.world.nowMs, by })) }
  })
}

/** A plan to rebuild, held against the world as it is. */
export async function judgeReinstatementPlan(db: Db | Tx, plan: ReinstatementPlan, except: Except): Promise<Judgement> {
  const given = await readReinstating(db, plan.staleServerId, except)
  if (!given)
    return { checks: [], drift: [{ what: 'server', planned: plan.source.member, now: 'not recorded' }], unknown: [] }
  return judgeReinstatement(plan, given, reinstatementSteps)
}

/** The same intent planned anew, for a request that was voided. */
export async function replanReinstatement(db: Db | Tx, old: ReinstatementPlan, madeBy: string) {
  const given = await readReinstating(db, old.staleServerId)
  return given ? planReinstatement(given, { madeBy, steps: reinstatementSteps }) : { plan: null, checks: [] }
}

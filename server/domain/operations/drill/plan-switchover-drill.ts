import { formatMs } from '@/model/format'
import type { SwitchoverDrillPlan } from '@/model/schemas/plans'
import { COOL_DOWN_MS } from '../limits'
import { type PlanOrder, planSwitchover, type SwitchoverChoice } from '../switchover/plan-switchover'
import type { CellWorld } from '../world/cell-world'
import { BACK_WITHIN_MS } from './limits'
import type { Objectives } from './plan-clone-drill'

export type SwitchoverDrillOrder = PlanOrder & Objectives & { firstLegId: string | null }
export type SwitchoverDrillChoice = Omit<SwitchoverChoice, 'plan'> & { plan: SwitchoverDrillPlan | null }

/** Pure: the plan of a switchover that is one half of a drill. Every rule of a planned switchover holds for it. */
export function planSwitchoverDrill(
  world: CellWorld,
  { rtoObjectiveMs, rpoObjectiveMs, firstLegId, ...order }: SwitchoverDrillOrder,
): SwitchoverDrillChoice {
  const { plan, ...choice } = planSwitchover(world, order)
  if (!plan) return { ...choice, plan: null }
  const { thenAsk: _, ...described } = plan
  const { scope, source, target } = plan
  return {
    ...choice,
    plan: {
      ...described,
      kind: 'drill-switchover',
      rtoObjectiveMs,
      rpoObjectiveMs,
      leg: firstLegId === null ? 'there' : 'back',
      firstLegId,
      back:
        firstLegId === null
          ? `The live ${scope} goes from ${source.member} to ${target.member}, rests for ${formatMs(COOL_DOWN_MS)}, and goes back by itself within ${formatMs(BACK_WITHIN_MS)}: writes pause twice.`
          : `The live ${scope} goes back to ${target.member}, where the drill began.`,
    },
  }
}

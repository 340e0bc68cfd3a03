import type { Check, CloneDrillPlan } from '@/model/schemas/plans'
import { checkSwitchover, type SafetyRule } from '../safety-rules'
import { describePlan, isPassed } from '../switchover/plan-switchover'
import { type CellWorld, type MemberWorld, sourceOf } from '../world/cell-world'
import { scopeOfDrill } from './clone-run'

export type Objectives = { rtoObjectiveMs: number; rpoObjectiveMs: number }
export type CloneDrillOrder = Objectives & {
  /** Null: the first standby that can be copied. */
  targetMember: string | null
  madeBy: string
  steps: CloneDrillPlan['steps']
}

/** What concerns a copy that nobody uses; whether the live writer may move is not the question. */
const RULES: readonly SafetyRule[] = [
  'fresh-observation',
  'target-is-a-streaming-standby',
  'gate-protects-every-table',
  'clock-skew',
]

/** Pure: which standby is copied, or what speaks against it. */
export function planCloneDrill(
  world: CellWorld,
  { targetMember, madeBy, steps, rtoObjectiveMs, rpoObjectiveMs }: CloneDrillOrder,
): { checks: Check[]; plan: CloneDrillPlan | null } {
  const source = sourceOf(world)
  const judged = world.members
    .filter((member) => member.id !== source?.id && (targetMember === null || member.id === targetMember))
    .map((target) => ({ target, checks: checksOf(world, source, target) }))
  const chosen = judged.find(({ checks }) => checks.every(isPassed)) ?? judged[0]
  const checks = chosen?.checks ?? checksOf(world, source, null)
  if (!source || !chosen || !checks.every(isPassed)) return { checks, plan: null }
  const described = describePlan(world, source, chosen.target, { targetMember, madeBy, steps })
  return {
    checks,
    plan: {
      ...described,
      kind: 'drill-clone',
      scope: scopeOfDrill(world.cell.id),
      loss: { kind: 'none', seconds: 0, bytes: '0', transactions: '0', basis: 'Nothing live is touched.', until: null },
      writePauseEstimate: { lowMs: 0, highMs: 0, basis: 'Nobody writes to the copy, and nobody waits for it.' },
      redundancyDuring: `Unchanged: ${chosen.target.id} goes on following ${source.id} while it is copied.`,
      rtoObjectiveMs,
      rpoObjectiveMs,
    },
  }
}

function checksOf(world: CellWorld, source: MemberWorld | null, target: MemberWorld | null): Check[] {
  return checkSwitchover(world, source, target).filter(({ rule }) => RULES.some((wanted) => wanted === rule))
}

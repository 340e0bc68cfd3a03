import type { Check, OperationPlan, PlanOf } from '@/model/schemas/plans'
import type { Db, Tx } from '@/server/db'
import type { Workflow } from '@/server/workflows'
import type { ByHandOrder } from './by-hand'
import { decideDrift } from './decide-drift'
import { cloneDrillWorkflow } from './drill/clone-drill-workflow'
import { judgeSwitchoverDrill, replanSwitchoverDrill } from './drill/preview-switchover-drill'
import { switchoverDrillWorkflow } from './drill/switchover-drill-workflow'
import { forcedByHand } from './forced/by-hand'
import { forcedSteps, forcedWorkflow } from './forced/forced-workflow'
import { judgeForced } from './forced/judge-forced'
import { planForcedFailover } from './forced/plan-forced'
import { cellIsGone, type Except, type Judgement } from './judgement'
import { rebuildByHand } from './return/by-hand'
import { judgeReinstatementPlan, replanReinstatement } from './return/preview-reinstatement'
import { reinstatementWorkflow } from './return/reinstatement-workflow'
import { returnWorkflow } from './return/return-workflow'
import { switchoverByHand } from './switchover/by-hand'
import { planSwitchover } from './switchover/plan-switchover'
import { switchoverSteps, switchoverWorkflow } from './switchover/switchover-workflow'
import type { SwitchoverDeps } from './switchover-deps'
import { readWorld } from './world/read-world'

/** What differs between kinds of operation once a plan is made: how it is judged against the world, what carries it out, and how people would. */
export type Kind<Plan extends OperationPlan> = {
  workflow: Workflow<Plan, SwitchoverDeps>
  judge(db: Db | Tx, plan: Plan, except: Except): Promise<Judgement>
  /**
   * The same intent planned anew by the world as it is, for a request that was voided: its cell, its target and its
   * overrides. Plan null: the checks say what speaks against it. Left out where only a person can say what is wanted.
   */
  replan?(db: Db | Tx, plan: Plan, madeBy: string): Promise<{ plan: Plan | null; checks: Check[] }>
  /** Pure: what people would do without the console, as commands. Left out for what nobody decides on: it can wait for the console. */
  byHand?(plan: Plan, order: ByHandOrder): string
}

const kinds: { [Name in OperationPlan['kind']]?: Kind<PlanOf<Name>> } = {
  'planned-switchover': {
    workflow: switchoverWorkflow,
    judge: judgeSwitchover,
    replan: replanSwitchover,
    byHand: switchoverByHand,
  },
  'forced-failover': {
    workflow: forcedWorkflow,
    judge: judgeFailover,
    replan: replanFailover,
    byHand: forcedByHand,
  },
  // Nobody asks for it, so nobody judges it: its own steps look before they act.
  return: { workflow: returnWorkflow, judge: async () => ({ checks: [], drift: [], unknown: [] }) },
  'drill-clone': { workflow: cloneDrillWorkflow, judge: async () => ({ checks: [], drift: [], unknown: [] }) },
  'drill-switchover': {
    workflow: switchoverDrillWorkflow,
    judge: judgeSwitchoverDrill,
    replan: replanSwitchoverDrill,
    byHand: switchoverByHand,
  },
  reinstatement: {
    workflow: reinstatementWorkflow,
    judge: judgeReinstatementPlan,
    replan: replanReinstatement,
    byHand: rebuildByHand,
  },
}

/** Throws TypeError for a kind that this console cannot carry out: its plan may be read, and nothing else. */
export function kindOf<Name extends OperationPlan['kind']>(name: Name): Kind<OperationPlan> {
  const kind = kinds[name]
  if (!kind) throw new TypeError(`This console carries out no ${name}.`)
  return kind as Kind<OperationPlan> // a plan is only ever handed to the kind that it names
}

/** Every workflow a worker must be able to carry out. */
export const workflows: readonly Workflow<unknown, SwitchoverDeps>[] = Object.values(kinds).map(
  ({ workflow }) => workflow as Workflow<unknown, SwitchoverDeps>,
)

async function judgeSwitchover(db: Db | Tx, plan: PlanOf<'planned-switchover'>, except: Except): Promise<Judgement> {
  const world = await readWorld(db, plan.cell, except)
  if (!world) return cellIsGone(plan.cell)
  return decideDrift(plan, world, switchoverSteps)
}

async function replanSwitchover(db: Db | Tx, old: PlanOf<'planned-switchover'>, madeBy: string) {
  const world = await readWorld(db, old.cell)
  if (!world) return { plan: null, checks: [] }
  const order = { targetMember: old.target.member, madeBy, steps: switchoverSteps, thenAsk: old.thenAsk ?? false }
  return planSwitchover(world, order)
}

async function judgeFailover(db: Db | Tx, plan: PlanOf<'forced-failover'>, except: Except): Promise<Judgement> {
  const world = await readWorld(db, plan.cell, except)
  if (!world) return cellIsGone(plan.cell)
  const { checks, drift, unknown } = judgeForced(plan, world, forcedSteps)
  return { checks, drift, unknown }
}

async function replanFailover(db: Db | Tx, old: PlanOf<'forced-failover'>, madeBy: string) {
  const world = await readWorld(db, old.cell)
  if (!world) return { plan: null, checks: [] }
  return planForcedFailover(world, {
    targetMember: old.target.member,
    madeBy,
    steps: forcedSteps,
    overrides: old.overrides,
    isBreakGlass: old.isBreakGlass,
    isDeclared: old.isDeclared ?? false,
  })
}

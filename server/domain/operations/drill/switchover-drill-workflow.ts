import type { OperationReport } from '@/model/schemas/operations'
import type { LosslessPlan, SwitchoverDrillPlan } from '@/model/schemas/plans'
import { announce, type Tx } from '@/server/db'
import {
  defineWorkflow,
  describeSteps,
  type StepDone,
  StepRefused,
  type StepRun,
  type Workflow,
} from '@/server/workflows'
import { SWITCHOVER_DRILL_KIND } from '../kind-names'
import { measureSwitchover } from '../switchover/measure-switchover'
import { recheckPlan } from '../switchover/recheck-plan'
import { switchoverWorkflow } from '../switchover/switchover-workflow'
import type { SwitchoverDeps } from '../switchover-deps'
import { compareWithObjectives, sayMet } from './compare-with-objectives'
import { noteRun } from './note-run'

type DrillRun = StepRun<SwitchoverDrillPlan, SwitchoverDeps>

/**
 * The very steps of a switchover on the live cell. The first also looks for the approval it stands on, the last also compares.
 * The way back is another run of the same.
 */
export const switchoverDrillWorkflow = defineWorkflow<SwitchoverDrillPlan, SwitchoverDeps>({
  kind: SWITCHOVER_DRILL_KIND,
  version: 1,
  steps: (switchoverWorkflow as Workflow<LosslessPlan, SwitchoverDeps>).steps.map((step) => {
    if (step.name === 'recheck-plan') return { ...step, do: recheckDrill }
    return step.name === 'measure' ? { ...step, do: measureDrill, commit: recordDrill } : step
  }),
})

/** The steps as a plan shows them. */
export const switchoverDrillSteps: SwitchoverDrillPlan['steps'] = describeSteps(switchoverDrillWorkflow)

async function recheckDrill(run: DrillRun): Promise<StepDone> {
  const { deps, params: plan, operationId } = run
  const approvedId = plan.leg === 'back' ? plan.firstLegId : operationId
  const approved =
    approvedId && (await deps.db.operation.findUnique({ where: { id: approvedId }, include: { request: true } }))
  const isCovered =
    approved &&
    approved.kind === SWITCHOVER_DRILL_KIND &&
    approved.scope === plan.scope &&
    approved.request?.status === 'consumed' &&
    (plan.leg === 'there' || approved.status === 'done')
  if (!isCovered) throw new StepRefused(`A drill on the live ${plan.scope} that nobody approved does not run.`)
  return recheckPlan(run)
}

async function measureDrill(run: DrillRun): Promise<StepDone> {
  const { says, output } = await measureSwitchover(run)
  const report = compareWithObjectives(output as OperationReport, run.params) // written by measureSwitchover just above
  return { says: `${says} ${sayMet(report)}`, output: report }
}

/** Only a drill that came back has gone through; the run that is named is the one it began with. */
async function recordDrill(tx: Tx, { params: plan, operationId }: DrillRun): Promise<void> {
  if (plan.leg === 'back' && plan.firstLegId)
    await noteRun(tx, { cellId: plan.cell, kind: 'drill-switchover', operationId: plan.firstLegId })
  await announce(tx, { topic: 'operations', ids: [operationId] })
}

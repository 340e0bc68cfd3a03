import type { ReinstatementPlan } from '@/model/schemas/plans'
import { defineWorkflow, describeSteps } from '@/server/workflows'
import { readReinstatement } from '../switchover/reinstate-source'
import type { SwitchoverDeps } from '../switchover-deps'
import { giveUpContents, rebuildServer, recheckReinstatement, recordGivingUp, recordRebuild } from './rebuild-server'

export const REINSTATEMENT_KIND = 'reinstatement'
const REBUILD_MS = 5 * 60_000

/**
 * A server that was read out is emptied and copied anew. To give up what it holds is the decision, taken while its ledger is whole and
 * its successor is the writer; afterwards there is only forward, to a standby that streams.
 */
export const reinstatementWorkflow = defineWorkflow<ReinstatementPlan, SwitchoverDeps>({
  kind: REINSTATEMENT_KIND,
  version: 1,
  steps: [
    {
      name: 'recheck-plan',
      title: 'Check the plan against the world',
      timeoutMs: 10_000,
      attemptsMax: 5,
      recheckOnResume: true,
      do: recheckReinstatement,
    },
    {
      name: 'give-up-contents',
      title: 'Give up what the server holds',
      timeoutMs: 10_000,
      attemptsMax: 5,
      do: giveUpContents,
      commit: recordGivingUp,
      pointOfNoReturn: true,
    },
    {
      name: 'rebuild',
      title: 'Empty it and copy the new primary',
      timeoutMs: REBUILD_MS,
      attemptsMax: 10,
      do: rebuildServer,
      commit: recordRebuild,
      readBack: readReinstatement,
    },
  ],
})

/** The steps as a plan shows them: part of what is approved. */
export const reinstatementSteps: ReinstatementPlan['steps'] = describeSteps(reinstatementWorkflow)

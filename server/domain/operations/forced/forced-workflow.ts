import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import { defineWorkflow, describeSteps, type StepDone } from '@/server/workflows'
import { FAILOVER_KIND } from '../kind-names'
import {
  announceRoutes,
  markTargetWritable,
  moveEpoch,
  openGate,
  proveWritable,
  readOpening,
  tellRouters,
} from '../switchover/move-writer'
import type { SwitchoverDeps } from '../switchover-deps'
import { drainTarget, letTargetReceive } from './drain-target'
import { FENCE_MS_MAX, fenceOldPrimary, storeForcedReceipt } from './fence-old-primary'
import type { ForcedRun } from './forced-run'
import { leaveSourceBehind } from './leave-source-behind'
import { DRAIN_TARGET_MS_MAX } from './limits'
import { measureFailover, TRAFFIC_REPORT_WITHIN_MS } from './measure-failover'
import { promoteDrained, readDrainedPromotion } from './promote-drained'
import { recheckForced, warmUpTarget } from './recheck-forced'
import { commitReopening, reopenOldPrimary } from './reopen-old-primary'
import { commitStop, restoreWriteLease, stopWriteLease } from './stop-write-lease'

/** One call to a server on another continent, with room for one bad moment. */
const CALL_MS = 5_000
/** Past the decision there is no way back, so trying again is worth more than giving up. */
const FORWARD_ATTEMPTS = 10

/**
 * Forced failover: the primary is gone or cannot be reached, and what it acknowledged and did not replicate is lost, up to the
 * bound that people approved. Nothing is promoted without a receipt that the old primary can commit no more, and the receipt is
 * durable in the journal before the point of no return. The loss is measured again when the target is drained; more than was
 * approved sends the run back.
 * From `stop-lease` on something is changed that only a higher epoch repairs: a stopped lease is never granted again, and a
 * gate that may be closed is never thawed. Both go back through the catalog's compare-and-set to e+2, with the old primary.
 * After `move-epoch` nobody opens the old primary again: it is recorded as left behind, in the same transaction.
 */
export const forcedWorkflow = defineWorkflow<ForcedFailoverPlan, SwitchoverDeps>({
  kind: FAILOVER_KIND,
  version: 1,
  steps: [
    {
      name: 'recheck-plan',
      title: 'Check the plan against the world',
      timeoutMs: 10_000,
      attemptsMax: 5,
      recheckOnResume: true,
      do: recheckForced,
    },
    {
      name: 'warm-up',
      title: 'Open the connections to the target',
      timeoutMs: 10_000,
      attemptsMax: 3,
      recheckOnResume: true,
      do: warmUpTarget,
    },
    {
      name: 'stop-lease',
      title: 'Stop the write lease of the old primary',
      timeoutMs: CALL_MS,
      attemptsMax: 5,
      do: stopWriteLease,
      commit: commitStop,
      undo: restoreWriteLease,
      commitUndo: commitReopening,
    },
    {
      name: 'fence-old-primary',
      title: 'Fence the old primary by the strongest means',
      timeoutMs: FENCE_MS_MAX,
      attemptsMax: 3,
      noPauseBefore: true,
      do: fenceOldPrimary,
      commit: storeForcedReceipt,
      undo: reopenOldPrimary,
      commitUndo: commitReopening,
    },
    {
      name: 'drain-target',
      title: 'Take over all that the target has received',
      timeoutMs: DRAIN_TARGET_MS_MAX,
      attemptsMax: 3,
      noPauseBefore: true,
      do: drainTarget,
      undo: letTargetReceive,
    },
    {
      name: 'move-epoch',
      title: 'Move the write epoch and leave the old primary behind',
      timeoutMs: CALL_MS,
      attemptsMax: 5,
      noPauseBefore: true,
      do: moveEpoch,
      commit: leaveSourceBehind,
      pointOfNoReturn: true,
    },
    {
      name: 'promote-target',
      title: 'Promote the target',
      timeoutMs: 15_000,
      attemptsMax: FORWARD_ATTEMPTS,
      noPauseBefore: true,
      do: promoteDrained,
      readBack: readDrainedPromotion,
    },
    {
      name: 'open-gate',
      title: 'Open the gate of the new primary',
      timeoutMs: CALL_MS,
      attemptsMax: FORWARD_ATTEMPTS,
      noPauseBefore: true,
      do: openGate,
      commit: markTargetWritable,
      readBack: readOpening,
    },
    {
      name: 'prove-writable',
      title: 'Prove that writes are accepted',
      timeoutMs: CALL_MS,
      attemptsMax: FORWARD_ATTEMPTS,
      do: proveWritable,
    },
    {
      name: 'tell-routers',
      title: 'Tell the routers',
      timeoutMs: CALL_MS,
      attemptsMax: 5,
      do: tellRoutersOfFailover,
      commit: announceRoutes,
    },
    {
      name: 'measure',
      title: 'Measure what writers noticed',
      timeoutMs: TRAFFIC_REPORT_WITHIN_MS + CALL_MS,
      attemptsMax: 5,
      do: measureFailover,
    },
  ],
})

async function tellRoutersOfFailover(run: ForcedRun): Promise<StepDone> {
  await letTargetReceive(run)
  return tellRouters(run)
}

/** The steps as a plan shows them: part of what is approved. */
export const forcedSteps: ForcedFailoverPlan['steps'] = describeSteps(forcedWorkflow)

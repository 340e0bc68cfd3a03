import type { SwitchoverPlan } from '@/model/schemas/plans'
import { defineWorkflow, describeSteps } from '@/server/workflows'
import { FENCE_STEP, SWITCHOVER_KIND } from '../kind-names'
import { DRAIN_MS_MAX, REPLAY_MS_MAX } from '../limits'
import type { SwitchoverDeps } from '../switchover-deps'
import { checkPrepared, fenceOldPrimary, markSourceWritable, reopenSource, storeReceipt } from './close-source'
import { measureSwitchover, TRAFFIC_REPORT_WITHIN_MS } from './measure-switchover'
import { announceRoutes, commitEpoch, markTargetWritable, proveWritable, tellRouters } from './move-writer'
import { recheckPlan, warmUp } from './recheck-plan'
import { readReinstatement, reinstateSource } from './reinstate-source'
import { promoteAndOpen, readPromotedAndOpen, replayAndMoveEpoch } from './switch-writer'

/** One call to a server on another continent, with room for one bad moment. */
const CALL_MS = 5_000
const REBUILD_MS = 5 * 60_000
/** Past the decision there is no way back, so trying again is worth more than giving up. */
const FORWARD_ATTEMPTS = 10

/**
 * Planned switchover, no loss. With the gate at epoch e: the source is fenced at e+1 and proven closed; the target replays to
 * the end of the source's log and the catalog moves e to e+1; the target is promoted and opened at e+1.
 * The catalog's compare-and-set is the single decision between forward (e+1, the target) and back (e+2, the source).
 * From `fence-old-primary` until `promote-target` has opened the gate writers wait, so no pause is taken there, and nothing
 * is done there that could be done before or after. Two commits of the journal lie in that time and no more: the receipt of
 * the fence, and the decision. Prepared transactions are looked for first, and the fence refuses, under its own lock, one
 * that came since.
 * The fence has no read-back: a gate knows its own operation and repeats its answer, so an unknown outcome is asked again,
 * and while it stays unknown the undo runs. To look and to say "it had not happened" would be wrong twice over: an order may
 * still be on its way, and a closed gate without its proof is neither done nor not done.
 */
export const switchoverWorkflow = defineWorkflow<SwitchoverPlan, SwitchoverDeps>({
  kind: SWITCHOVER_KIND,
  version: 2,
  steps: [
    {
      name: 'recheck-plan',
      title: 'Check the plan against the world',
      timeoutMs: 10_000,
      attemptsMax: 5,
      recheckOnResume: true,
      do: recheckPlan,
    },
    {
      name: 'warm-up',
      title: 'Open the connections',
      timeoutMs: 10_000,
      attemptsMax: 3,
      recheckOnResume: true,
      do: warmUp,
    },
    {
      name: 'check-prepared',
      title: 'Look for prepared transactions',
      timeoutMs: CALL_MS,
      attemptsMax: 2,
      recheckOnResume: true,
      do: checkPrepared,
    },
    {
      name: FENCE_STEP,
      title: 'Fence the old primary and prove it',
      timeoutMs: DRAIN_MS_MAX + CALL_MS,
      attemptsMax: 3,
      do: fenceOldPrimary,
      commit: storeReceipt,
      recordWithNext: true,
      undo: reopenSource,
      commitUndo: markSourceWritable,
    },
    {
      name: 'move-epoch',
      title: 'Wait until the target has everything, then move the write epoch',
      timeoutMs: REPLAY_MS_MAX + 1_000,
      attemptsMax: 2,
      noPauseBefore: true,
      do: replayAndMoveEpoch,
      commit: commitEpoch,
      pointOfNoReturn: true,
    },
    {
      name: 'promote-target',
      title: 'Promote the target and open its gate',
      timeoutMs: 15_000,
      attemptsMax: FORWARD_ATTEMPTS,
      noPauseBefore: true,
      do: promoteAndOpen,
      commit: markTargetWritable,
      readBack: readPromotedAndOpen,
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
      do: tellRouters,
      commit: announceRoutes,
    },
    {
      name: 'reinstate-old-primary',
      title: 'Rebuild the old primary as a standby',
      timeoutMs: REBUILD_MS,
      attemptsMax: 5,
      do: reinstateSource,
      readBack: readReinstatement,
    },
    {
      name: 'measure',
      title: 'Measure what writers noticed',
      timeoutMs: TRAFFIC_REPORT_WITHIN_MS + CALL_MS,
      attemptsMax: 5,
      do: measureSwitchover,
    },
  ],
})

/** The steps as a plan shows them: part of what is approved. */
export const switchoverSteps: SwitchoverPlan['steps'] = describeSteps(switchoverWorkflow)

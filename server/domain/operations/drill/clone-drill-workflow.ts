import type { CloneDrillPlan } from '@/model/schemas/plans'
import { defineWorkflow, describeSteps } from '@/server/workflows'
import type { SwitchoverDeps } from '../switchover-deps'
import { checkDrill, discardClone, notePositions, openCloneGate, proveCloneWritable, startClone } from './clone-steps'
import { CLONE_CALL_MS, CLONE_MS_MAX } from './limits'
import { measureCloneDrill, recordCloneDrill } from './measure-clone-drill'

export const CLONE_DRILL_KIND = 'drill-clone'

/**
 * The steps of a failover on a copy that nobody else reaches. It decides with its last step: until then whatever fails ends the
 * run as if it had not been, and the undo of the copy discards it, also when the worker was killed in between.
 */
export const cloneDrillWorkflow = defineWorkflow<CloneDrillPlan, SwitchoverDeps>({
  kind: CLONE_DRILL_KIND,
  version: 1,
  steps: [
    {
      name: 'check-drill',
      title: 'Check that nothing live is touched',
      timeoutMs: CLONE_CALL_MS,
      attemptsMax: 3,
      recheckOnResume: true,
      do: checkDrill,
    },
    {
      name: 'note-positions',
      title: 'Note where primary and standby stand',
      timeoutMs: CLONE_CALL_MS,
      attemptsMax: 3,
      recheckOnResume: true,
      do: notePositions,
    },
    {
      name: 'start-clone',
      title: 'Copy the standby and promote the copy',
      timeoutMs: CLONE_MS_MAX,
      attemptsMax: 3,
      noPauseBefore: true,
      do: startClone,
      undo: discardClone,
    },
    {
      name: 'open-gate',
      title: 'Open the gate of the copy under its own scope',
      timeoutMs: CLONE_CALL_MS,
      attemptsMax: 3,
      noPauseBefore: true,
      do: openCloneGate,
    },
    {
      name: 'prove-writable',
      title: 'Prove that the copy accepts a write',
      timeoutMs: CLONE_CALL_MS,
      attemptsMax: 3,
      noPauseBefore: true,
      do: proveCloneWritable,
    },
    {
      name: 'discard-clone',
      title: 'Discard the copy',
      timeoutMs: 60_000,
      attemptsMax: 5,
      noPauseBefore: true,
      do: discardClone,
    },
    {
      name: 'measure',
      title: 'Hold what was measured against the objectives',
      timeoutMs: CLONE_CALL_MS,
      attemptsMax: 5,
      do: measureCloneDrill,
      commit: recordCloneDrill,
      pointOfNoReturn: true,
    },
  ],
})

/** The steps as a plan shows them. */
export const cloneDrillSteps: CloneDrillPlan['steps'] = describeSteps(cloneDrillWorkflow)

import type { ReturnPlan } from '@/model/schemas/plans'
import { defineWorkflow, describeSteps } from '@/server/workflows'
import type { SwitchoverDeps } from '../switchover-deps'
import { bringBackClosed } from './bring-back-closed'
import { CLOSE_GATE_MS_MAX, closeGate, recordClosing } from './close-gate'
import { READ_TAIL_MS_MAX, readTail } from './read-tail'
import { recordReturn, sumUp } from './record-return'

export const RETURN_KIND = 'return'

/**
 * A server that was left behind is closed first and asked questions later. It decides with its last step: until then whatever
 * fails, because the server went away again, say, ends the run as if it had not been, except that a gate that was closed stays
 * closed; whoever attends to returns starts another one.
 * Closing and reading have no read-back: both answer a repeat with what the first attempt found.
 */
export const returnWorkflow = defineWorkflow<ReturnPlan, SwitchoverDeps>({
  kind: RETURN_KIND,
  version: 1,
  steps: [
    {
      name: 'bring-back-closed',
      title: 'Switch it on for the console alone',
      timeoutMs: 60_000,
      attemptsMax: 3,
      do: bringBackClosed,
    },
    {
      name: 'close-gate',
      title: 'Close the gate of the former primary',
      timeoutMs: CLOSE_GATE_MS_MAX,
      attemptsMax: 3,
      do: closeGate,
      commit: recordClosing,
    },
    {
      name: 'read-tail',
      title: 'Read out what was not replicated',
      timeoutMs: READ_TAIL_MS_MAX,
      attemptsMax: 3,
      do: readTail,
    },
    {
      name: 'record',
      title: 'Hold the loss against the estimate',
      timeoutMs: 10_000,
      attemptsMax: 5,
      do: sumUp,
      commit: recordReturn,
      pointOfNoReturn: true,
    },
  ],
})

/** The steps as a plan shows them. */
export const returnSteps: ReturnPlan['steps'] = describeSteps(returnWorkflow)

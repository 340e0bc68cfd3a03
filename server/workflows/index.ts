export { type ControlOrder, requestAbort, requestPause, requestResume, requestRetry } from './controls'
export {
  defineWorkflow,
  type NoteAudit,
  type ReadBack,
  type StepDone,
  StepFailed,
  StepRefused,
  type StepRun,
  type Workflow,
} from './define'
export { describeSteps } from './describe-steps'
export { enqueueOperation } from './enqueue-operation'
export { signalPlan } from './faults'
export { nextTryOf, type OperationRecord } from './operation-record'
export { startOperationWorker } from './worker'

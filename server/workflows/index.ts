export { type ControlOrder, requestAbort, requestPause, requestResume, requestRetry } from './controls'
export {
  defineWorkflow,
  type ReadBack,
  type Step,
  type StepDone,
  StepFailed,
  StepRefused,
  type StepRun,
  type Workflow,
} from './define'
export { type EnqueueOrder, enqueueOperation } from './enqueue-operation'
export { LeaseLost } from './journal'
export { findOperation, type OperationRecord, type StepRecord } from './operation-record'
export { type OperationWorker, startOperationWorker } from './worker'

/**
 * Operations: what may be done to a cell, who must agree, and the steps that do it. A plan is immutable and hashed; a request
 * and its approvals bind to the hash; the approval that completes the quorum starts the run in its own transaction.
 *
 * Invariants: the requester never decides (here and in the database); every expiry is judged by the catalog's clock; any
 * difference between the plan and the world voids; an unknown fact blocks; one request and one run a scope at a time;
 * every change commits with its audit event.
 *
 * It must not know which engine or which machine is behind a member, nor how a run survives its worker.
 */
export { acknowledgeOperation } from './acknowledge-operation'
export { approveRequest } from './approve-request'
export { listBreakGlass } from './break-glass/list-break-glass'
export { reviewBreakGlass } from './break-glass/review-break-glass'
export { startBreakGlass } from './break-glass/start-break-glass'
export { claimRequest, unclaimRequest } from './claim-request'
export { abortOperation, pauseOperation, resumeOperation, retryOperation } from './control-operation'
export { expireRequests } from './expire-requests'
export { listAffectedTenants } from './forced/list-affected-tenants'
export { previewFailover } from './forced/preview-failover'
export { watchAgents } from './forced/watch-agents'
export { workflows } from './kinds'
export { getOperation, listOperations } from './operation-queries'
export { previewSwitchover } from './preview-switchover'
export { recheckRequest, voidDriftedRequests } from './recheck-request'
export { rejectRequest } from './reject-request'
export { requestOperation } from './request-operation'
export { getRequest, listRequests } from './request-queries'
export type { SwitchoverDeps } from './switchover-deps'
export { scopeOfReturn } from './return/plan-return'
export { previewReinstatement } from './return/preview-reinstatement'
export { startReturn, startReturnIn } from './return/start-return'
export { switchoverWorkflow } from './switchover-workflow'
export { withdrawRequest } from './withdraw-request'
export { provenAt } from './whether-to-decide'

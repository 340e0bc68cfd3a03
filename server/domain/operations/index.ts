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
export { type CellWorld, type MemberWorld, sourceOf } from './cell-world'
export { claimRequest, unclaimRequest } from './claim-request'
export { abortOperation, pauseOperation, resumeOperation, retryOperation } from './control-operation'
export { allowsAll, headroomOf } from './describe-impact'
export { bringDrillsBack } from './drill/bring-back'
export { rpoMsOf } from './drill/compare-with-objectives'
export { BACK_WITHIN_MS, DRILL_RETRY_MS } from './drill/limits'
export { previewSwitchoverDrill } from './drill/preview-switchover-drill'
export { startCloneDrill, startCloneDrillIn } from './drill/start-clone-drill'
export { sweepClones } from './drill/sweep-clones'
export { expireRequests } from './expire-requests'
export { decideLoss } from './forced/decide-loss'
export { decideMeans } from './forced/fence-means'
export { HEADROOM_PERCENT_MIN } from './forced/limits'
export { listAffectedTenants } from './forced/list-affected-tenants'
export { previewFailover } from './forced/preview-failover'
export { watchAgents } from './forced/watch-agents'
export { workflows } from './kinds'
export { getOperation, listOperations } from './operation-queries'
export { previewSwitchover } from './preview-switchover'
export { readWorld } from './read-world'
export { recheckRequest, voidDriftedRequests } from './recheck-request'
export { rejectRequest } from './reject-request'
export { requestOperation } from './request-operation'
export { getRequest, listRequests } from './request-queries'
export { scopeOfReturn } from './return/plan-return'
export { previewReinstatement } from './return/preview-reinstatement'
export { type PreparedReturn, prepareReturn, startReturn } from './return/start-return'
export { checkSwitchover, type SafetyRule } from './safety-rules'
export type { SwitchoverDeps } from './switchover-deps'
export { switchoverWorkflow } from './switchover-workflow'
export { provenAt } from './whether-to-decide'
export { withdrawRequest } from './withdraw-request'

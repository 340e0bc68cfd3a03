/**
 * Operations: what may be done to a cell, who must agree, and the steps that do it. A plan is immutable and hashed; a request
 * and its approvals bind to the hash; the approval that completes the quorum starts the run in its own transaction.
 *
 * Invariants: the requester never decides (here and in the database); every expiry is judged by the catalog's clock; any
 * difference between the plan and the world voids; an unknown fact blocks; one request and one run a scope at a time;
 * every change commits with its audit event.
 *
 * Rooms: `requests` (asking and deciding, for every kind), `switchover`, `forced`, `return`, `drill` (a kind of work each), `break-glass`.
 * What lies here is known to all of them: the world that is planned in, the rules it is judged by, what a step may use.
 *
 * It must not know which engine or which machine is behind a member, nor how a run survives its worker.
 */
export { acknowledgeOperation } from './acknowledge-operation'
export { listBreakGlass } from './break-glass/list-break-glass'
export { reviewBreakGlass } from './break-glass/review-break-glass'
export { startBreakGlass } from './break-glass/start-break-glass'
export { abortOperation, pauseOperation, resumeOperation, retryOperation } from './control-operation'
export { allowsAll, headroomOf } from './describe-impact'
export { bringDrillsBack } from './drill/bring-back'
export { rpoMsOf } from './drill/compare-with-objectives'
export { BACK_WITHIN_MS, DRILL_RETRY_MS } from './drill/limits'
export { previewSwitchoverDrill } from './drill/preview-switchover-drill'
export { startCloneDrill, startCloneDrillIn } from './drill/start-clone-drill'
export { sweepClones } from './drill/sweep-clones'
export { decideLoss } from './forced/decide-loss'
export { decideMeans } from './forced/fence-means'
export { checkForced } from './forced/forced-rules'
export { HEADROOM_PERCENT_MIN } from './forced/limits'
export { listAffectedTenants } from './forced/list-affected-tenants'
export { planForcedFailover } from './forced/plan-forced'
export { previewFailover } from './forced/preview-failover'
export { watchAgents } from './forced/watch-agents'
export { writesBefore } from './forced/writes-before'
export { UNACKNOWLEDGED_FAILOVER } from './kind-names'
export { workflows } from './kinds'
export { getOperation, listOperations } from './operation-queries'
export { approveRequest } from './requests/approve-request'
export { claimRequest, unclaimRequest } from './requests/claim-request'
export { expireRequests } from './requests/expire-requests'
export { recheckRequest, voidDriftedRequests } from './requests/recheck-request'
export { rejectRequest } from './requests/reject-request'
export { requestOperation } from './requests/request-operation'
export { getRequest, listRequests } from './requests/request-queries'
export { withdrawRequest } from './requests/withdraw-request'
export { readFailoverJournal, readLogBeyond } from './return/failover-journal'
export { previewReinstatement } from './return/preview-reinstatement'
export { type PreparedReturn, prepareReturn, startReturn } from './return/start-return'
export { checkSwitchover, reliableReport, type SafetyRule } from './safety-rules'
export { previewSwitchover } from './switchover/preview-switchover'
export { switchoverWorkflow } from './switchover/switchover-workflow'
export type { SwitchoverDeps } from './switchover-deps'
export { type CellWorld, type MemberWorld, sourceOf } from './world/cell-world'
export { readWorld } from './world/read-world'

import { z } from 'zod'
import { Reason, Uuid } from '@/model/schemas/common'
import {
  AcknowledgeOperation,
  ApproveRequest,
  ControlOperation,
  DecideRequest,
  OperationDetail,
  OperationFilter,
  OperationRef,
  OperationSummary,
  PreviewSwitchover,
  RequestDetail,
  RequestFilter,
  RequestOperation,
  RequestRef,
  RequestSummary,
  SwitchoverPreview,
} from '@/model/schemas/operations'
import {
  abortOperation,
  acknowledgeOperation,
  approveRequest,
  claimRequest,
  getOperation,
  getRequest,
  listOperations,
  listRequests,
  pauseOperation,
  previewSwitchover,
  recheckRequest,
  rejectRequest,
  requestOperation,
  resumeOperation,
  retryOperation,
  unclaimRequest,
  withdrawRequest,
} from '@/server/domain/operations'
import { can, router } from '../trpc'

const Nothing = z.object({})

export const switchoversRouter = router({
  // A dry run stores the plan it shows, so it is a mutation: nothing changes by a GET.
  preview: can('operation:request', 'POST /switchovers/preview', 'Dry-run a planned switchover')
    .input(PreviewSwitchover)
    .output(SwitchoverPreview)
    .mutation(({ ctx, input }) => previewSwitchover(ctx, input)),
  request: can('operation:request', 'POST /switchovers', 'Request the switchover that a dry run showed')
    .input(RequestOperation.omit({ kind: true }))
    .output(z.object({ requestId: Uuid, code: z.string() }))
    .mutation(({ ctx, input }) => requestOperation(ctx, { ...input, kind: 'planned-switchover' })),
})

export const requestsRouter = router({
  list: can('operation:read', 'GET /requests', 'List the requests')
    .input(RequestFilter)
    .output(z.array(RequestSummary))
    .query(({ ctx, input }) => listRequests(ctx, input)),
  get: can('operation:read', 'GET /requests/{id}', 'Show one request with its plan and votes')
    .input(RequestRef)
    .output(RequestDetail)
    .query(({ ctx, input }) => getRequest(ctx, input)),
  approve: can('operation:approve', 'POST /requests/{id}/approve', 'Approve a request')
    .input(ApproveRequest)
    .output(z.object({ operationId: Uuid.nullable() }))
    .mutation(({ ctx, input }) => approveRequest(ctx, input)),
  reject: can('operation:approve', 'POST /requests/{id}/reject', 'Reject a request')
    .input(DecideRequest)
    .output(Nothing)
    .mutation(({ ctx, input }) => rejectRequest(ctx, input)),
  claim: can('operation:approve', 'POST /requests/{id}/claim', 'Tell others that you are reading a request')
    .input(RequestRef)
    .output(Nothing)
    .mutation(({ ctx, input }) => claimRequest(ctx, input)),
  unclaim: can('operation:approve', 'POST /requests/{id}/unclaim', 'Stop reading a request')
    .input(RequestRef)
    .output(Nothing)
    .mutation(({ ctx, input }) => unclaimRequest(ctx, input)),
  recheck: can(
    'request:recheck',
    'POST /requests/{id}/recheck',
    'Judge the plan of a request against the world as it is now',
  )
    .input(RequestRef)
    .output(z.object({ supersededBy: z.object({ id: Uuid, code: z.string() }).nullable() }))
    .mutation(({ ctx, input }) => recheckRequest(ctx, input)),
  withdraw: can('operation:request', 'POST /requests/{id}/withdraw', 'Withdraw your own request')
    .input(z.strictObject({ id: Uuid, reason: Reason }))
    .output(Nothing)
    .mutation(({ ctx, input }) => withdrawRequest(ctx, input)),
})

export const operationsRouter = router({
  list: can('operation:read', 'GET /operations', 'List the operations')
    .input(OperationFilter)
    .output(z.array(OperationSummary))
    .query(({ ctx, input }) => listOperations(ctx, input)),
  get: can('operation:read', 'GET /operations/{id}', 'Show one operation with its steps, receipts and report')
    .input(OperationRef)
    .output(OperationDetail)
    .query(({ ctx, input }) => getOperation(ctx, input)),
  pause: can('operation:control', 'POST /operations/{id}/pause', 'Pause an operation before its next step')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => pauseOperation(ctx, input)),
  resume: can('operation:control', 'POST /operations/{id}/resume', 'Resume an operation that is paused')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => resumeOperation(ctx, input)),
  abort: can('operation:control', 'POST /operations/{id}/abort', 'Abort an operation and undo what it did')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => abortOperation(ctx, input)),
  retry: can('operation:control', 'POST /operations/{id}/retry', 'Try the failed step of an operation again')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => retryOperation(ctx, input)),
  acknowledge: can('operation:acknowledge', 'POST /operations/{id}/acknowledge', 'Acknowledge how an operation ended')
    .input(AcknowledgeOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => acknowledgeOperation(ctx, input)),
})

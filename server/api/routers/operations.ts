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
  preview: can('operation:request', 'POST /switchovers/preview')
    .input(PreviewSwitchover)
    .output(SwitchoverPreview)
    .mutation(({ ctx, input }) => previewSwitchover(ctx, input)),
  request: can('operation:request', 'POST /switchovers')
    .input(RequestOperation.omit({ kind: true }))
    .output(z.object({ requestId: Uuid, code: z.string() }))
    .mutation(({ ctx, input }) => requestOperation(ctx, { ...input, kind: 'planned-switchover' })),
})

export const requestsRouter = router({
  list: can('operation:read', 'GET /requests')
    .input(RequestFilter)
    .output(z.array(RequestSummary))
    .query(({ ctx, input }) => listRequests(ctx, input)),
  get: can('operation:read', 'GET /requests/{id}')
    .input(RequestRef)
    .output(RequestDetail)
    .query(({ ctx, input }) => getRequest(ctx, input)),
  approve: can('operation:approve', 'POST /requests/{id}/approve')
    .input(ApproveRequest)
    .output(z.object({ operationId: Uuid.nullable() }))
    .mutation(({ ctx, input }) => approveRequest(ctx, input)),
  reject: can('operation:approve', 'POST /requests/{id}/reject')
    .input(DecideRequest)
    .output(Nothing)
    .mutation(({ ctx, input }) => rejectRequest(ctx, input)),
  claim: can('operation:approve', 'POST /requests/{id}/claim')
    .input(RequestRef)
    .output(Nothing)
    .mutation(({ ctx, input }) => claimRequest(ctx, input)),
  unclaim: can('operation:approve', 'POST /requests/{id}/unclaim')
    .input(RequestRef)
    .output(Nothing)
    .mutation(({ ctx, input }) => unclaimRequest(ctx, input)),
  recheck: can('request:recheck', 'POST /requests/{id}/recheck')
    .input(RequestRef)
    .output(z.object({ supersededBy: z.object({ id: Uuid, code: z.string() }).nullable() }))
    .mutation(({ ctx, input }) => recheckRequest(ctx, input)),
  withdraw: can('operation:request', 'POST /requests/{id}/withdraw')
    .input(z.strictObject({ id: Uuid, reason: Reason }))
    .output(Nothing)
    .mutation(({ ctx, input }) => withdrawRequest(ctx, input)),
})

export const operationsRouter = router({
  list: can('operation:read', 'GET /operations')
    .input(OperationFilter)
    .output(z.array(OperationSummary))
    .query(({ ctx, input }) => listOperations(ctx, input)),
  get: can('operation:read', 'GET /operations/{id}')
    .input(OperationRef)
    .output(OperationDetail)
    .query(({ ctx, input }) => getOperation(ctx, input)),
  pause: can('operation:control', 'POST /operations/{id}/pause')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => pauseOperation(ctx, input)),
  resume: can('operation:control', 'POST /operations/{id}/resume')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => resumeOperation(ctx, input)),
  abort: can('operation:control', 'POST /operations/{id}/abort')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => abortOperation(ctx, input)),
  retry: can('operation:control', 'POST /operations/{id}/retry')
    .input(ControlOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => retryOperation(ctx, input)),
  acknowledge: can('operation:acknowledge', 'POST /operations/{id}/acknowledge')
    .input(AcknowledgeOperation)
    .output(Nothing)
    .mutation(({ ctx, input }) => acknowledgeOperation(ctx, input)),
})

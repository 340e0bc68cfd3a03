import { z } from 'zod'
import { Uuid } from '@/model/schemas/common'
import { AffectedTenantsPage, AffectedTenantsQuery, FailoverPreview, PreviewFailover } from '@/model/schemas/failovers'
import { RequestOperation } from '@/model/schemas/operations'
import { listAffectedTenants, previewFailover, requestOperation } from '@/server/domain/operations'
import { can, router } from '../trpc'

export const failoversRouter = router({
  // A dry run stores the plan it shows, so it is a mutation: nothing changes by a GET.
  preview: can('operation:request', 'POST /failovers/preview', 'Dry-run a forced failover')
    .input(PreviewFailover)
    .output(FailoverPreview)
    .mutation(({ ctx, input }) => previewFailover(ctx, input)),
  request: can('operation:request', 'POST /failovers', 'Request the forced failover that a dry run showed')
    .input(RequestOperation.omit({ kind: true }))
    .output(z.object({ requestId: Uuid, code: z.string() }))
    .mutation(({ ctx, input }) => requestOperation(ctx, { ...input, kind: 'forced-failover' })),
  tenants: can('estate:read', 'GET /failovers/tenants', 'Page through the tenants that a forced failover would move')
    .input(AffectedTenantsQuery)
    .output(AffectedTenantsPage)
    .query(({ ctx, input }) => listAffectedTenants(ctx, input)),
})

import { AuditBundle, AuditFilter, AuditPage, ChainStatus, ExportAudit } from '@/model/schemas/audit'
import { NoInput } from '@/model/schemas/common'
import { exportAudit, getChainStatus, listAudit } from '@/server/domain/audit'
import { can, router } from '../trpc'

export const auditRouter = router({
  list: can('audit:read', 'GET /audit', 'Page through the audit trail, newest first')
    .input(AuditFilter)
    .output(AuditPage)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  chain: can('audit:read', 'GET /audit/chain', 'Say whether the chain of the audit trail is whole')
    .input(NoInput)
    .output(ChainStatus)
    .query(({ ctx }) => getChainStatus(ctx)),
  export: can('audit:export', 'GET /audit/export', 'Export a part of the audit trail for verification offline')
    .input(ExportAudit)
    .output(AuditBundle)
    .query(({ ctx, input }) => exportAudit(ctx, input)),
})

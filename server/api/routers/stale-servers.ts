import { z } from 'zod'
import { Uuid } from '@/model/schemas/common'
import { RequestOperation } from '@/model/schemas/operations'
import {
  BringBack,
  ExportedLedger,
  ExportLedger,
  LedgerFilter,
  LedgerPage,
  ReinstatementPreview,
  StaleServerDetail,
  StaleServerFilter,
  StaleServerRef,
  StaleServerSummary,
} from '@/model/schemas/stale-servers'
import { previewReinstatement, requestOperation } from '@/server/domain/operations'
import {
  bringBackServer,
  exportLedger,
  getStaleServer,
  listLedger,
  listStaleServers,
} from '@/server/domain/stale-servers'
import { can, router } from '../trpc'

export const staleServersRouter = router({
  list: can('operation:read', 'GET /stale-servers', 'List the servers that a failover left behind')
    .input(StaleServerFilter)
    .output(z.array(StaleServerSummary))
    .query(({ ctx, input }) => listStaleServers(ctx, input)),
  get: can('operation:read', 'GET /stale-servers/{id}', 'Show one server that was left behind')
    .input(StaleServerRef)
    .output(StaleServerDetail)
    .query(({ ctx, input }) => getStaleServer(ctx, input)),
  writes: can('conflict:read', 'GET /stale-servers/{id}/writes', 'Page through what a server wrote on its own')
    .input(LedgerFilter)
    .output(LedgerPage)
    .query(({ ctx, input }) => listLedger(ctx, input)),
  export: can('conflict:read', 'GET /stale-servers/{id}/export', 'Export what a server wrote on its own')
    .input(ExportLedger)
    .output(ExportedLedger)
    .query(({ ctx, input }) => exportLedger(ctx, input)),
  bringBack: can(
    'operation:control',
    'POST /stale-servers/{id}/bring-back',
    'Bring a server back and read out what it wrote on its own',
  )
    .input(BringBack)
    .output(z.object({ operationId: Uuid }))
    .mutation(({ ctx, input }) => bringBackServer(ctx, input)),
})

/** Rebuilding a server that was left behind and read out. */
export const reinstatementsRouter = router({
  // A dry run stores the plan it shows, so it is a mutation: nothing changes by a GET.
  preview: can('operation:request', 'POST /reinstatements/preview', 'Dry-run the rebuilding of a server as a standby')
    .input(StaleServerRef)
    .output(ReinstatementPreview)
    .mutation(({ ctx, input }) => previewReinstatement(ctx, input)),
  request: can('operation:request', 'POST /reinstatements', 'Request the rebuilding that a dry run showed')
    .input(RequestOperation.omit({ kind: true }))
    .output(z.object({ requestId: Uuid, code: z.string() }))
    .mutation(({ ctx, input }) => requestOperation(ctx, { ...input, kind: 'reinstatement' })),
})

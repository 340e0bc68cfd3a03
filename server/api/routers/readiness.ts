import { WhatIf, WhatIfQuery } from '@/model/schemas/failovers'
import { ReadinessList, ReadinessQuery } from '@/model/schemas/readiness'
import { getWhatIf, listReadiness } from '@/server/domain/readiness'
import { can, router } from '../trpc'

export const readinessRouter = router({
  list: can('estate:read', 'GET /readiness', 'Show how ready each cell is for a failover')
    .input(ReadinessQuery)
    .output(ReadinessList)
    .query(({ ctx, input }) => listReadiness(ctx, input)),
  whatIf: can('estate:read', 'GET /readiness/what-if', 'Show what would happen if a region went dark')
    .input(WhatIfQuery)
    .output(WhatIf)
    .query(({ ctx, input }) => getWhatIf(ctx, input)),
})

import { z } from 'zod'
import {
  BreakGlassFilter,
  BreakGlassStarted,
  BreakGlassView,
  ReviewBreakGlass,
  StartBreakGlass,
} from '@/model/schemas/break-glass'
import { listBreakGlass, reviewBreakGlass, startBreakGlass } from '@/server/domain/operations'
import { can, router } from '../trpc'

export const breakGlassRouter = router({
  list: can('operation:read', 'GET /break-glass', 'List the uses of break-glass')
    .input(BreakGlassFilter)
    .output(z.array(BreakGlassView))
    .query(({ ctx, input }) => listBreakGlass(ctx, input)),
  start: can('operation:break-glass', 'POST /break-glass', 'Start a forced failover at once, without its quorum')
    .input(StartBreakGlass)
    .output(BreakGlassStarted)
    .mutation(({ ctx, input }) => startBreakGlass(ctx, input)),
  review: can('break-glass:review', 'POST /break-glass/{id}/review', 'Review a use of break-glass')
    .input(ReviewBreakGlass)
    .output(z.object({}))
    .mutation(({ ctx, input }) => reviewBreakGlass(ctx, input)),
})

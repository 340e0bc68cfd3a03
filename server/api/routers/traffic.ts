import { z } from 'zod'
import { TrafficReport } from '@/model/schemas/traffic'
import { reportTraffic } from '@/server/domain/telemetry'
import { can, router } from '../trpc'

export const trafficRouter = router({
  report: can('traffic:report', 'POST /traffic', 'Report what an application counted')
    .input(TrafficReport)
    .output(z.object({}))
    .mutation(({ ctx, input }) => reportTraffic(ctx, input)),
})

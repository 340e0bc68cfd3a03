import { z } from 'zod'
import { AcknowledgeAlert, AlertFilter, AlertView } from '@/model/schemas/alerts'
import { acknowledgeAlert, listAlerts } from '@/server/domain/alerts'
import { can, router } from '../trpc'

export const alertsRouter = router({
  list: can('alert:read', 'GET /alerts', 'List the alerts')
    .input(AlertFilter)
    .output(z.array(AlertView))
    .query(({ ctx, input }) => listAlerts(ctx, input)),
  acknowledge: can('alert:acknowledge', 'POST /alerts/{id}/acknowledge', 'Acknowledge an alert')
    .input(AcknowledgeAlert)
    .output(z.object({}))
    .mutation(({ ctx, input }) => acknowledgeAlert(ctx, input)),
})

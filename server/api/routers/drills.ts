import { z } from 'zod'
import { NoInput, Uuid } from '@/model/schemas/common'
import {
  DrillHistory,
  DrillHistoryQuery,
  DrillList,
  DrillPreview,
  DrillRef,
  DrillRun,
  EndSchedule,
  PreviewDrill,
  ScheduleDrill,
  StartCloneDrill,
  StartedDrill,
} from '@/model/schemas/drills'
import { RequestOperation } from '@/model/schemas/operations'
import { endSchedule, getDrill, listDrillHistory, listDrills, scheduleDrill } from '@/server/domain/drills'
import { previewSwitchoverDrill, requestOperation, startCloneDrill } from '@/server/domain/operations'
import { can, router } from '../trpc'

export const drillsRouter = router({
  list: can('operation:read', 'GET /drills', 'List what is drilled, when it was last, and when it is next')
    .input(NoInput)
    .output(DrillList)
    .query(({ ctx }) => listDrills(ctx)),
  history: can('operation:read', 'GET /drill-history', 'List the drills that were run')
    .input(DrillHistoryQuery)
    .output(DrillHistory)
    .query(({ ctx, input }) => listDrillHistory(ctx, input)),
  get: can('operation:read', 'GET /drills/{id}', 'Show the report of one drill')
    .input(DrillRef)
    .output(DrillRun)
    .query(({ ctx, input }) => getDrill(ctx, input)),
  startOnClone: can('drill:run', 'POST /drills/clone', 'Start a drill on a clone')
    .input(StartCloneDrill)
    .output(StartedDrill)
    .mutation(({ ctx, input }) => startCloneDrill(ctx, input)),
  // A dry run stores the plan it shows, so it is a mutation: nothing changes by a GET.
  preview: can('operation:request', 'POST /drills/preview', 'Dry-run a drill on the live cell')
    .input(PreviewDrill)
    .output(DrillPreview)
    .mutation(({ ctx, input }) => previewSwitchoverDrill(ctx, input)),
  request: can('operation:request', 'POST /drills', 'Request the drill that a dry run showed')
    .input(RequestOperation.omit({ kind: true }))
    .output(z.object({ requestId: Uuid, code: z.string() }))
    .mutation(({ ctx, input }) => requestOperation(ctx, { ...input, kind: 'drill-switchover' })),
  schedule: can('drill:run', 'POST /drills/schedules', 'Schedule a drill')
    .input(ScheduleDrill)
    .output(z.object({ id: Uuid }))
    .mutation(({ ctx, input }) => scheduleDrill(ctx, input)),
  endSchedule: can('drill:run', 'POST /drills/schedules/{id}/end', 'End the schedule of a drill')
    .input(EndSchedule)
    .output(z.object({}))
    .mutation(({ ctx, input }) => endSchedule(ctx, input)),
})

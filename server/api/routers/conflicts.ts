import {
  ConflictDetail,
  ConflictFilter,
  ConflictPage,
  ConflictRef,
  ConflictsDecided,
  DecideConflicts,
} from '@/model/schemas/conflicts'
import { decideConflicts, getConflict, listConflicts } from '@/server/domain/conflicts'
import { can, router } from '../trpc'

export const conflictsRouter = router({
  list: can('conflict:read', 'GET /conflicts', 'Page through the conflict cases')
    .input(ConflictFilter)
    .output(ConflictPage)
    .query(({ ctx, input }) => listConflicts(ctx, input)),
  get: can('conflict:read', 'GET /conflicts/{id}', 'Show one conflict case')
    .input(ConflictRef)
    .output(ConflictDetail)
    .query(({ ctx, input }) => getConflict(ctx, input)),
  decide: can('conflict:decide', 'POST /conflicts/decide', 'Decide a selection of conflict cases')
    .input(DecideConflicts)
    .output(ConflictsDecided)
    .mutation(({ ctx, input }) => decideConflicts(ctx, input)),
})

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
  list: can('conflict:read', 'GET /conflicts')
    .input(ConflictFilter)
    .output(ConflictPage)
    .query(({ ctx, input }) => listConflicts(ctx, input)),
  get: can('conflict:read', 'GET /conflicts/{id}')
    .input(ConflictRef)
    .output(ConflictDetail)
    .query(({ ctx, input }) => getConflict(ctx, input)),
  decide: can('conflict:decide', 'POST /conflicts/decide')
    .input(DecideConflicts)
    .output(ConflictsDecided)
    .mutation(({ ctx, input }) => decideConflicts(ctx, input)),
})

import { CouldApprove, CouldApproveQuery } from '@/model/schemas/people'
import { couldApprove } from '@/server/domain/people'
import { can, router } from '../trpc'

export const peopleRouter = router({
  couldApprove: can(
    'people:read',
    'GET /people/could-approve',
    'Say who could approve an operation of a kind on a cell',
  )
    .input(CouldApproveQuery)
    .output(CouldApprove)
    .query(({ ctx, input }) => couldApprove(ctx, input)),
})

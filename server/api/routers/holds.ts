import { z } from 'zod'
import { Uuid } from '@/model/schemas/common'
import { HoldFilter, HoldView, PlaceHold, ReleaseHold } from '@/model/schemas/holds'
import { listHolds, placeHold, releaseHold } from '@/server/domain/holds'
import { can, router } from '../trpc'

export const holdsRouter = router({
  list: can('operation:read', 'GET /holds', 'List the holds')
    .input(HoldFilter)
    .output(z.array(HoldView))
    .query(({ ctx, input }) => listHolds(ctx, input)),
  place: can('hold:place', 'POST /holds', 'Place a hold on a region, a cell or a tenant')
    .input(PlaceHold)
    .output(z.object({ id: Uuid }))
    .mutation(({ ctx, input }) => placeHold(ctx, input)),
  release: can('hold:place', 'POST /holds/{id}/release', 'Release a hold')
    .input(ReleaseHold)
    .output(z.object({}))
    .mutation(({ ctx, input }) => releaseHold(ctx, input)),
})

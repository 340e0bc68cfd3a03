import { tracked } from '@trpc/server'
import { z } from 'zod'
import { followLive } from '@/server/domain/live'
import { canFollow, router } from '../trpc'

/** `lastEventId` is what tRPC sends when a stream reconnects: the feed answers it with a `resync`. */
const FollowLive = z.object({ lastEventId: z.string().max(100).nullish() }).optional()

export const liveRouter = router({
  follow: canFollow('session:own')
    .input(FollowLive)
    .subscription(async function* ({ ctx, input, signal }) {
      for await (const { id, event } of followLive(ctx, { lastEventId: input?.lastEventId ?? null }, signal))
        yield tracked(id, event)
    }),
})

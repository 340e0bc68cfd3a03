import { tracked } from '@trpc/server'
import { z } from 'zod'
import { followLive } from '@/server/domain/live'
import { canFollow, router } from '../trpc'

/** `lastEventId` is what tRPC sends when a stream reconnects: the feed answers it with a `resync`. */
const FollowLive = z.strictObject({ lastEventId: z.string().max(100).nullish() }).optional()

/** A stream asks again this often, when it has something to say, whether its person may still hear it. */
const RECHECK_MS = 10_000

export const liveRouter = router({
  follow: canFollow('session:own')
    .input(FollowLive)
    .subscription(async function* ({ ctx, input, signal }) {
      let checkedAtMs = ctx.clock.monotonicMs()
      for await (const { id, event } of followLive(ctx, { lastEventId: input?.lastEventId ?? null }, signal)) {
        if (ctx.clock.monotonicMs() - checkedAtMs > RECHECK_MS) {
          if (!(await ctx.isStillSignedIn())) return
          checkedAtMs = ctx.clock.monotonicMs()
        }
        yield tracked(id, event)
      }
    }),
})

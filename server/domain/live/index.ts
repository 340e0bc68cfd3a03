import type { Permission } from '@/model/permissions'
import { authorize, type Ctx } from '@/server/context'
import type { LiveFeed, LiveTopic, TrackedLive } from '@/server/db'

export type { LiveFeed, TrackedLive } from '@/server/db'

/** What changed, by name: the stream tells followers what to fetch again, and never carries a value. */
export type LiveCtx = Ctx & { live: LiveFeed }

const never = new AbortController().signal

export function followLive(
  ctx: LiveCtx,
  { lastEventId }: { lastEventId: string | null },
  signal: AbortSignal = never,
): AsyncGenerator<TrackedLive> {
  authorize(ctx, 'session:own' satisfies Permission)
  return ctx.live.follow({ lastEventId }, signal)
}

const ROUTE_TOPICS: readonly LiveTopic[] = ['routes']

/** For router clients: only that routes have changed, and for which scopes or tenants. */
export function followRoutes(
  ctx: LiveCtx,
  { lastEventId }: { lastEventId: string | null },
  signal: AbortSignal,
): AsyncGenerator<TrackedLive> {
  authorize(ctx, 'route:read' satisfies Permission)
  return ctx.live.follow({ lastEventId, topics: ROUTE_TOPICS }, signal)
}

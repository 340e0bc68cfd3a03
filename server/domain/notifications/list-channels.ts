import {
  type ChannelKind,
  type ChannelView,
  type NotificationTopic,
  notificationTopics,
} from '@/model/schemas/notifications'
import { authorize, type Ctx } from '@/server/context'
import type { Db } from '@/server/db'
import { describeTarget } from './channel-rules'
import { readDeliveries } from './list-deliveries'

type Health = {
  channelId: string
  lastId: string | null
  lastDeliveredAt: Date | null
  queuedCount: number
  failingCount: number
}

/** Every channel with how it does, by name. What it leads to is shown without what could be a credential. */
export async function listChannels(ctx: Ctx): Promise<ChannelView[]> {
  authorize(ctx, 'notification:read')
  const [channels, healths] = await Promise.all([
    ctx.db.notificationChannel.findMany({ orderBy: { name: 'asc' } }),
    readHealth(ctx.db),
  ])
  const last = await readDeliveries(ctx.db, { id: { in: healths.flatMap(({ lastId }) => lastId ?? []) } })
  const people = await ctx.db.person.findMany({
    where: { id: { in: channels.map(({ createdBy }) => createdBy) } },
    select: { id: true, name: true },
  })
  return channels.map((channel) => {
    const health = healths.find(({ channelId }) => channelId === channel.id)
    return {
      id: channel.id,
      name: channel.name,
      kind: channel.kind as ChannelKind, // the database's CHECK is this list
      leadsTo: describeTarget(channel.kind, channel.target),
      secretRef: channel.secretRef,
      topics: channel.topics.filter((topic): topic is NotificationTopic => Object.hasOwn(notificationTopics, topic)),
      createdAt: channel.createdAt.toISOString(),
      createdBy: people.find(({ id }) => id === channel.createdBy) ?? { id: channel.createdBy, name: 'Unknown person' },
      disabledAt: channel.disabledAt?.toISOString() ?? null,
      lastDelivery: last.find(({ id }) => id === health?.lastId) ?? null,
      lastDeliveredAt: health?.lastDeliveredAt?.toISOString() ?? null,
      queuedCount: health?.queuedCount ?? 0,
      failingCount: health?.failingCount ?? 0,
    }
  })
}

/**
 * Failing: attempts that did not arrive since the last that did. By the time of the attempt, since a later message may arrive
 * while an earlier one is still tried again.
 */
async function readHealth(db: Db): Promise<Health[]> {
  return db.$queryRaw<Health[]>`
    SELECT c.id AS "channelId", d."lastDeliveredAt", d."queuedCount",
      (SELECT l.id FROM notification_delivery l WHERE l.channel_id = c.id AND l.last_attempt_at IS NOT NULL
       ORDER BY l.last_attempt_at DESC, l.id DESC LIMIT 1) AS "lastId",
      (SELECT count(*)::int FROM notification_delivery f
       WHERE f.channel_id = c.id AND f.status <> 'delivered' AND f.attempts > 0 AND f.last_error IS NOT NULL
         AND f.last_attempt_at > COALESCE(d."lastTriedWell", '-infinity')) AS "failingCount"
    FROM notification_channel c CROSS JOIN LATERAL (
      SELECT max(delivered_at) AS "lastDeliveredAt", max(last_attempt_at) FILTER (WHERE status = 'delivered') AS "lastTriedWell",
        count(*) FILTER (WHERE status = 'queued')::int AS "queuedCount"
      FROM notification_delivery WHERE channel_id = c.id) d`
}

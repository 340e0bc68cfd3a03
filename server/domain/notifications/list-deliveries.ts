import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { DeliveryFilter, DeliveryState, DeliveryView } from '@/model/schemas/notifications'
import { authorize, type Ctx } from '@/server/context'
import type { Db, Prisma } from '@/server/db'
import { LOG_MAX } from './limits'

/** The newest first. */
export async function listDeliveries(ctx: Ctx, filter: z.infer<typeof DeliveryFilter>): Promise<DeliveryView[]> {
  authorize(ctx, 'notification:read')
  return readDeliveries(ctx.db, {
    ...(filter.channelId && { channelId: filter.channelId }),
    ...(filter.status !== 'all' && { status: filter.status }),
  })
}

/** What a test asks for until it is over. */
export async function getDelivery(ctx: Ctx, { id }: { id: string }): Promise<DeliveryView> {
  authorize(ctx, 'notification:read')
  const [delivery] = await readDeliveries(ctx.db, { id })
  if (!delivery) throw new DomainError('not-found', 'There is no such delivery.')
  return delivery
}

export async function readDeliveries(db: Db, where: Prisma.NotificationDeliveryWhereInput): Promise<DeliveryView[]> {
  const rows = await db.notificationDelivery.findMany({
    where,
    include: { channel: { select: { id: true, name: true } }, notification: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: LOG_MAX,
  })
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel,
    topic: row.notification.topic,
    text: row.notification.text,
    path: row.notification.path,
    status: row.status as DeliveryState, // the database's CHECK is this list
    attempts: row.attempts,
    createdAt: row.createdAt.toISOString(),
    lastAttemptAt: row.lastAttemptAt?.toISOString() ?? null,
    nextAttemptAt: row.status === 'queued' ? row.nextAttemptAt.toISOString() : null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    lastError: row.lastError,
    responseCode: row.responseCode,
  }))
}

import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@/model/errors'
import { invariant } from '@/model/invariant'
import { paths } from '@/model/paths'
import { TEST_TOPIC } from '@/model/schemas/notifications'
import { authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { audit, lockChannel } from './change-channel'
import { queueDeliveries } from './notify'

const TESTS_QUEUED_MAX = 3

/** Queues a test for one channel. A worker sends it once; the delivery tells what became of it. */
export async function sendTest(ctx: Ctx, { id: channelId }: { id: string }): Promise<{ deliveryId: string }> {
  const principal = authorizePerson(ctx, 'notification:manage')
  return transact(ctx.db, async (tx) => {
    const channel = await lockChannel(tx, channelId)
    if (channel.disabledAt) throw new DomainError('precondition-failed', 'This channel is disabled: enable it first.')
    const queuedCount = await tx.notificationDelivery.count({
      where: { channelId, status: 'queued', notification: { topic: TEST_TOPIC } },
    })
    if (queuedCount >= TESTS_QUEUED_MAX)
      throw new DomainError('precondition-failed', 'Earlier tests are still on their way: wait for one of them.')
    const notificationId = uuidv7()
    await tx.notification.create({
      data: {
        id: notificationId,
        topic: TEST_TOPIC,
        objectId: channelId,
        text: 'This is a test of a notification channel. Nothing has happened and nothing is asked of you.',
        path: paths.notifications(),
        body: { state: 'test', correlationId: channelId },
      },
    })
    const [deliveryId] = await queueDeliveries(tx, notificationId, [channelId])
    invariant(deliveryId, 'One channel is one delivery.')
    await audit(tx, ctx, principal, { id: channelId, action: 'channel.tested', detail: { name: channel.name } })
    return { deliveryId }
  })
}

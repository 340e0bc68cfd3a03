import { z } from 'zod'
import { NoInput, Uuid } from '@/model/schemas/common'
import {
  AddChannel,
  ChangeChannel,
  ChannelRef,
  ChannelView,
  DeliveryFilter,
  DeliveryRef,
  DeliveryView,
  ObjectCode,
  ResolvedCode,
} from '@/model/schemas/notifications'
import {
  addChannel,
  changeChannel,
  disableChannel,
  enableChannel,
  getDelivery,
  listChannels,
  listDeliveries,
  resolveCode,
  sendTest,
} from '@/server/domain/notifications'
import { can, router } from '../trpc'

export const notificationsRouter = router({
  channels: can('notification:read', 'GET /notifications/channels', 'List the notification channels')
    .input(NoInput)
    .output(z.array(ChannelView))
    .query(({ ctx }) => listChannels(ctx)),
  deliveries: can('notification:read', 'GET /notifications/deliveries', 'List the newest deliveries of notifications')
    .input(DeliveryFilter)
    .output(z.array(DeliveryView))
    .query(({ ctx, input }) => listDeliveries(ctx, input)),
  delivery: can('notification:read', 'GET /notifications/deliveries/{id}', 'Show one delivery')
    .input(DeliveryRef)
    .output(DeliveryView)
    .query(({ ctx, input }) => getDelivery(ctx, input)),
  add: can('notification:manage', 'POST /notifications/channels', 'Add a notification channel')
    .input(AddChannel)
    .output(z.object({ id: Uuid }))
    .mutation(({ ctx, input }) => addChannel(ctx, input)),
  change: can('notification:manage', 'POST /notifications/channels/{id}', 'Change a notification channel')
    .input(ChangeChannel)
    .output(z.object({}))
    .mutation(({ ctx, input }) => changeChannel(ctx, input)),
  disable: can('notification:manage', 'POST /notifications/channels/{id}/disable', 'Disable a notification channel')
    .input(ChannelRef)
    .output(z.object({}))
    .mutation(({ ctx, input }) => disableChannel(ctx, input)),
  enable: can('notification:manage', 'POST /notifications/channels/{id}/enable', 'Enable a notification channel')
    .input(ChannelRef)
    .output(z.object({}))
    .mutation(({ ctx, input }) => enableChannel(ctx, input)),
  test: can(
    'notification:manage',
    'POST /notifications/channels/{id}/test',
    'Send a test through a notification channel',
  )
    .input(ChannelRef)
    .output(z.object({ deliveryId: Uuid }))
    .mutation(({ ctx, input }) => sendTest(ctx, input)),
  resolve: can('operation:read', 'GET /codes/{code}', 'Find what a code such as OP-12 stands for')
    .input(ObjectCode)
    .output(ResolvedCode)
    .query(({ ctx, input }) => resolveCode(ctx, input)),
})

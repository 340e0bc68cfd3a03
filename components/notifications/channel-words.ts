import type { Status } from '@/model/observations'
import {
  type ChannelView,
  type DeliveryView,
  type NotificationTopic,
  notificationTopics,
  TEST_TOPIC,
} from '@/model/schemas/notifications'

export type Word = { status: Status; word: string }

/** How a channel does, judged by what arrived. One that was never used proves nothing, so it is not green. */
export function healthOf(channel: Pick<ChannelView, 'disabledAt' | 'failingCount' | 'lastDeliveredAt'>): Word {
  if (channel.disabledAt) return { status: 'unknown', word: 'Disabled' }
  if (channel.failingCount > 0) return { status: 'crit', word: 'Failing' }
  if (!channel.lastDeliveredAt) return { status: 'unknown', word: 'Never used' }
  return { status: 'ok', word: 'Delivering' }
}

export function wordOfDelivery({ status, attempts, lastError }: DeliveryView): Word {
  if (status === 'delivered')
    return lastError ? { status: 'warn', word: 'Partly' } : { status: 'ok', word: 'Delivered' }
  if (status === 'failed') return { status: 'crit', word: 'Failed' }
  return attempts === 0 ? { status: 'active', word: 'Queued' } : { status: 'warn', word: 'Trying again' }
}

export function titleOfTopic(topic: string): string {
  if (topic === TEST_TOPIC) return 'A test'
  return Object.hasOwn(notificationTopics, topic) ? notificationTopics[topic as NotificationTopic] : topic
}

export function sayTopics(topics: readonly NotificationTopic[]): string {
  if (topics.length === 0) return 'Told everything'
  if (topics.length > 2) return `Told of ${topics.length} kinds of news`
  return `Told when: ${topics.map((topic) => notificationTopics[topic].toLowerCase()).join('; ')}`
}

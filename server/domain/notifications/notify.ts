import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import type { Json } from '@/model/canonical-json'
import type { NotificationTopic } from '@/model/schemas/notifications'
import type { Tx } from '@/server/db'

export type News = {
  topic: NotificationTopic
  /** What it is about: news of one object belong to one thread. */
  objectId: string
  /** One sentence or two without a tenant's name: verb, object, expiry in UTC. Environment and link are put around it. */
  text: string
  /** Deep link below the console's address. It shows the current state and carries no authority. */
  path: string
  /** Goes with a webhook. `cause`: news of one topic and one cause that come in a storm are sent as one message. */
  body: { readonly [key: string]: Json }
  /** News of one key are written once, whoever finds them and however often. Left out: each call is news. */
  onceKey?: string
}

const ONCE_NAMESPACE = '5c1f0c0b-8f1b-5a7e-9d8c-3f1f6f0a2b77'
const TEXT_CHARS_MAX = 400

/**
 * Tells everybody who wants to know: the news and one delivery for each enabled channel of the topic, in the caller's
 * transaction, so that what committed is told and what did not commit is not. Nothing is sent here; the worker does.
 * Answers the id of the news, or null when its key was told before (the primary key settles who is first).
 */
export async function notify(tx: Tx, news: News): Promise<string | null> {
  const id = news.onceKey ? uuidv5(news.onceKey, ONCE_NAMESPACE) : uuidv7()
  const text = oneLine(news.text)
  const written = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO notification (id, topic, object_id, text, path, body, created_at)
    VALUES (${id}::uuid, ${news.topic}, ${news.objectId}::uuid, ${text}, ${news.path}, ${JSON.stringify(news.body)}::jsonb,
      clock_timestamp())
    ON CONFLICT (id) DO NOTHING RETURNING id`
  if (written.length === 0) return null
  const channels = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM notification_channel
    WHERE disabled_at IS NULL AND (cardinality(topics) = 0 OR ${news.topic} = ANY(topics))`
  await queueDeliveries(
    tx,
    id,
    channels.map((channel) => channel.id),
  )
  return id
}

/** Due at once by the catalog's clock, which the typed client's default is not. */
export async function queueDeliveries(
  tx: Tx,
  notificationId: string,
  channelIds: readonly string[],
): Promise<string[]> {
  const ids = channelIds.map(() => uuidv7())
  if (ids.length > 0)
    await tx.$executeRaw`
      INSERT INTO notification_delivery (id, notification_id, channel_id, next_attempt_at, created_at)
      SELECT d.id, ${notificationId}::uuid, d.channel_id, clock_timestamp(), clock_timestamp()
      FROM unnest(${ids}::uuid[], ${[...channelIds]}::uuid[]) AS d(id, channel_id)`
  return ids
}

/** A text with a line break could forge another line in a mail or a chat. */
function oneLine(text: string): string {
  const flat = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  return flat.length <= TEXT_CHARS_MAX ? flat : `${flat.slice(0, TEXT_CHARS_MAX - 1)}…`
}

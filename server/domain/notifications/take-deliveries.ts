import type { Json } from '@/model/canonical-json'
import { type Db, type Tx, transact } from '@/server/db'
import { decideGathering } from './decide-gathering'
import { SEND_LEASE_MS, SENDS_AT_ONCE_MAX } from './limits'

/** What goes out as one message: one delivery, or all that are due of one cause. The oldest gives it its id. */
export type Party = {
  channel: { id: string; kind: string; target: string; secretRef: string | null }
  deliveries: readonly DueNews[]
  /** This attempt included. Together with the ids it is the right to record an outcome. */
  attempts: number
}

export type DueNews = {
  deliveryId: string
  topic: string
  objectId: string
  text: string
  path: string
  body: { readonly [key: string]: Json }
  createdAt: Date
}

/** `waits`: something was due on a free channel, but is still being gathered. */
export type Taken = { kind: 'party'; party: Party } | { kind: 'waits' } | { kind: 'nothing' }

type Options = { busyChannelIds: readonly string[]; leaseMs?: number }

/**
 * Takes what is due on one channel that nobody is taking from: the channel's row lock lets one worker at a time choose, and
 * moving `next_attempt_at` past the lease keeps the others away while it is sent. A repeated attempt goes out in the same
 * company as the first, so that a receiver which knows its id has seen all of it.
 */
export async function takeDeliveries(db: Db, { busyChannelIds, leaseMs = SEND_LEASE_MS }: Options): Promise<Taken> {
  return transact(db, async (tx) => {
    const channel = await lockChannel(tx, busyChannelIds)
    if (!channel) return { kind: 'nothing' }
    const lead = await findLead(tx, channel.id)
    if (!lead) return { kind: 'nothing' }
    const company = await findCompany(tx, channel.id, lead)
    const waitMs = await gatherMs(tx, channel.id, lead, company)
    if (waitMs > 0) {
      await postpone(tx, company, waitMs)
      return { kind: 'waits' }
    }
    const deliveries = await lease(tx, company, leaseMs)
    return { kind: 'party', party: { channel, deliveries, attempts: lead.attempts + 1 } }
  })
}

async function lockChannel(tx: Tx, busyChannelIds: readonly string[]): Promise<Party['channel'] | null> {
  // NO KEY UPDATE: writing news refers to the channel and must not wait for whoever takes from it.
  const [channel] = await tx.$queryRaw<Party['channel'][]>`
    SELECT c.id, c.kind, c.target, c.secret_ref AS "secretRef" FROM notification_channel c
    WHERE NOT c.id = ANY(${[...busyChannelIds]}::uuid[]) AND EXISTS (
      SELECT FROM notification_delivery d
      WHERE d.channel_id = c.id AND d.status = 'queued' AND d.next_attempt_at <= clock_timestamp())
    ORDER BY random() LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED`
  return channel ?? null
}

type Lead = { id: string; topic: string; cause: string | null; attempts: number; takenAt: string | null }

async function findLead(tx: Tx, channelId: string): Promise<Lead | null> {
  // The instant as text: it has microseconds, and those tell one company from another.
  const [lead] = await tx.$queryRaw<Lead[]>`
    SELECT d.id, n.topic, n.body->>'cause' AS cause, d.attempts, d.last_attempt_at::text AS "takenAt"
    FROM notification_delivery d JOIN notification n ON n.id = d.notification_id
    WHERE d.channel_id = ${channelId}::uuid AND d.status = 'queued' AND d.next_attempt_at <= clock_timestamp()
    ORDER BY d.next_attempt_at, d.id LIMIT 1`
  return lead ?? null
}

/** Whoever is gathered with others comes along even if it was told to wait a moment longer than the lead. */
async function findCompany(tx: Tx, channelId: string, lead: Lead): Promise<string[]> {
  if (lead.cause === null) return [lead.id]
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT d.id FROM notification_delivery d JOIN notification n ON n.id = d.notification_id
    WHERE d.channel_id = ${channelId}::uuid AND d.status = 'queued' AND n.topic = ${lead.topic}
      AND n.body->>'cause' = ${lead.cause} AND d.attempts = ${lead.attempts}
      AND d.last_attempt_at IS NOT DISTINCT FROM ${lead.takenAt}::timestamptz
    ORDER BY d.id LIMIT ${SENDS_AT_ONCE_MAX}`
  return rows.map(({ id }) => id)
}

/** Only first attempts are gathered: a repeated one was complete when it was first sent. */
async function gatherMs(tx: Tx, channelId: string, lead: Lead, company: readonly string[]): Promise<number> {
  if (lead.cause === null || lead.attempts > 0) return 0
  const [seen] = await tx.$queryRaw<{ oldestAt: Date; newestAt: Date; lastSentAt: Date | null; now: Date }[]>`
    SELECT min(n.created_at) AS "oldestAt", max(n.created_at) AS "newestAt", clock_timestamp() AS now,
      (SELECT max(s.last_attempt_at) FROM notification_delivery s JOIN notification m ON m.id = s.notification_id
       WHERE s.channel_id = ${channelId}::uuid AND s.status = 'delivered' AND m.topic = ${lead.topic}
         AND m.body->>'cause' = ${lead.cause} AND m.created_at > clock_timestamp() - interval '1 hour') AS "lastSentAt"
    FROM notification_delivery d JOIN notification n ON n.id = d.notification_id WHERE d.id = ANY(${[...company]}::uuid[])`
  return decideGathering(seen!)
}

async function postpone(tx: Tx, company: readonly string[], waitMs: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE notification_delivery SET next_attempt_at = clock_timestamp() + ${waitMs} * interval '1 millisecond'
    WHERE id = ANY(${[...company]}::uuid[])`
}

async function lease(tx: Tx, company: readonly string[], leaseMs: number): Promise<DueNews[]> {
  return tx.$queryRaw<DueNews[]>`
    WITH taken AS (
      UPDATE notification_delivery SET attempts = attempts + 1, last_attempt_at = now(),
        next_attempt_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      WHERE id = ANY(${[...company]}::uuid[]) RETURNING id, notification_id)
    SELECT t.id AS "deliveryId", n.topic, n.object_id AS "objectId", n.text, n.path, n.body, n.created_at AS "createdAt"
    FROM taken t JOIN notification n ON n.id = t.notification_id ORDER BY t.id`
}

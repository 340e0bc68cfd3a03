import { randomUUID } from 'node:crypto'
import type { Role } from '@/model/permissions'
import type { AddChannel, DeliveryView, NotificationTopic } from '@/model/schemas/notifications'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import type { Db } from '@/server/db'

const WAIT_MS_MAX = 20_000
const POLL_MS = 20

export async function ctxOf(db: Db, name: string, role: Role): Promise<Ctx> {
  const { id: personId } = await db.person.create({ data: { name, email: `${randomUUID()}@homeport.test` } })
  const principal = { kind: 'person' as const, personId, name, roles: [role], sessionId: personId, steppedUpAt: null }
  return { db, clock: systemClock, requestId: randomUUID(), servedFrom: 'eu-west-1', principal }
}

export const channel = (change: Partial<AddChannel> = {}): AddChannel => ({
  name: `hook ${randomUUID()}`,
  kind: 'webhook',
  target: 'http://localhost:1/hook',
  secretRef: null,
  topics: [],
  ...change,
})

export const news = (change: { topic?: NotificationTopic; cause?: string; text?: string; objectId?: string } = {}) => ({
  topic: change.topic ?? ('alert.critical' as const),
  objectId: change.objectId ?? randomUUID(),
  text: change.text ?? 'Something is wrong with fra.',
  path: '/overview',
  body: { state: 'open', ...(change.cause && { cause: change.cause }) },
})

type Row = Pick<DeliveryView, 'id' | 'status' | 'attempts' | 'lastError' | 'responseCode'>

/** Waits until every delivery of a channel is as asked; fails with what they are instead. */
export async function waitForDeliveries(
  db: Db,
  channelId: string,
  isSo: (rows: Row[]) => boolean,
  withinMs = WAIT_MS_MAX,
): Promise<Row[]> {
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    const rows = await db.$queryRaw<Row[]>`
      SELECT id, status, attempts, last_error AS "lastError", response_code AS "responseCode"
      FROM notification_delivery WHERE channel_id = ${channelId}::uuid ORDER BY id`
    if (isSo(rows)) return rows
    if (performance.now() > deadlineMs) throw new Error(`Deliveries are ${JSON.stringify(rows.slice(0, 5))}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

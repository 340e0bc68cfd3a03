import type { Tx } from './client'

/** What a change tells the world; readers refetch, so an announcement carries names and never values. */
export type Announcement = {
  topic: 'estate' | 'routes' | 'operations' | 'approvals' | 'telemetry' | 'audit'
  /** Ids of what changed, at most ten; empty means "many". */
  ids: readonly string[]
}

export const ANNOUNCEMENT_CHANNEL = 'homeport_live'
const IDS_MAX = 10

/** Sent by PostgreSQL if and only if the transaction commits. Lossy across reconnects: listeners resync by refetching. */
export async function announce(tx: Tx, announcement: Announcement): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${ANNOUNCEMENT_CHANNEL}, ${announcementText(announcement)})`
}

/** For a statement that announces its own change, where a round trip of its own would be felt. */
export function announcementText({ topic, ids }: Announcement): string {
  return JSON.stringify({ topic, ids: ids.length > IDS_MAX ? [] : ids })
}

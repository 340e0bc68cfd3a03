import { announce } from '@/server/db'
import type { Activation, CollectorContext } from './context'

export const ANNOUNCE_INTERVAL_MS = 2_000

/** Tells readers that something new was recorded, at most once an interval however much it was. */
export async function announceNews({ db, news }: CollectorContext): Promise<Activation> {
  if (!news.isWaiting) return { says: 'Nothing new.' }
  news.isWaiting = false
  await announce(db, { topic: 'telemetry', ids: [] })
  return { says: 'Told the readers.' }
}

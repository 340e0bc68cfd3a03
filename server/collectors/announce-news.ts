import { announce } from '@/server/db'
import type { Activation, CollectorContext } from './context'

export const ANNOUNCE_INTERVAL_MS = 2_000

/**
 * Tells readers that something new was recorded, at most once an interval however much it was. Where an answer turned out
 * otherwise than before they fetch it at once; moved averages they fetch at their own pace.
 */
export async function announceNews({ db, news }: CollectorContext): Promise<Activation> {
  if (!news.isWaiting) return { says: 'Nothing new.' }
  const topic = news.hasTurned ? 'estate' : 'telemetry'
  news.isWaiting = false
  news.hasTurned = false
  await announce(db, { topic, ids: [] })
  return { says: 'Told the readers.' }
}

import { type Db, transact } from '@/server/db'
import { KEEP_DAYS, RETAIN_BATCH_MAX } from './limits'

/** For a recurring job: deletes what is older than 90 days and over, a batch at a time. Answers how many news went. */
export async function retainNews(db: Db): Promise<{ deletedCount: number; isComplete: boolean }> {
  return transact(db, async (tx) => {
    const old = await tx.$queryRaw<{ id: string }[]>`
      SELECT n.id FROM notification n
      WHERE n.created_at < clock_timestamp() - ${KEEP_DAYS} * interval '1 day'
        AND NOT EXISTS (SELECT FROM notification_delivery d WHERE d.notification_id = n.id AND d.status = 'queued')
      ORDER BY n.created_at LIMIT ${RETAIN_BATCH_MAX} FOR UPDATE OF n SKIP LOCKED`
    const ids = old.map(({ id }) => id)
    if (ids.length > 0) {
      await tx.$executeRaw`DELETE FROM notification_delivery WHERE notification_id = ANY(${ids}::uuid[])`
      await tx.$executeRaw`DELETE FROM notification WHERE id = ANY(${ids}::uuid[])`
    }
    return { deletedCount: ids.length, isComplete: ids.length < RETAIN_BATCH_MAX }
  })
}

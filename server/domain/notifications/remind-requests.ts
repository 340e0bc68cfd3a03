import { type Db, transact } from '@/server/db'
import { NEWS_PER_LOOK_MAX, REMIND_AT_PERCENT } from './limits'
import { tellRequestReminder } from './tell-request'

/**
 * Reminds of requests that still wait when a share of their window has passed. Only the latest share that has passed counts: a
 * worker that was away does not catch up on the others. `told` spares a worker what it has told already.
 */
export async function remindRequests(db: Db, told: Set<string>): Promise<void> {
  const [late, early] = REMIND_AT_PERCENT
  const due = await db.$queryRaw<{ id: string; sharePercent: number }[]>`
    SELECT id, CASE WHEN clock_timestamp() >= created_at + (approve_by - created_at) * ${late / 100}::float8 THEN ${late}::int
                    ELSE ${early}::int END AS "sharePercent"
    FROM operation_request
    WHERE status = 'waiting' AND NOT break_glass AND approve_by > clock_timestamp()
      AND clock_timestamp() >= created_at + (approve_by - created_at) * ${early / 100}::float8
    ORDER BY approve_by LIMIT ${NEWS_PER_LOOK_MAX}`
  const keys = new Set(due.map(({ id, sharePercent }) => `${id}:${sharePercent}`))
  for (const key of told) if (!keys.has(key)) told.delete(key)
  for (const { id, sharePercent } of due) {
    const key = `${id}:${sharePercent}`
    if (told.has(key)) continue
    await transact(db, (tx) => tellRequestReminder(tx, id, sharePercent))
    told.add(key)
  }
}

import type { Db } from '@/server/db'

/** How long ten-second samples are kept. Roll-ups for longer windows do not exist yet: see docs/telemetry.md. */
export const SAMPLES_KEPT_MS = 24 * 3_600_000
/** A process that has been silent this long is forgotten. */
const PROCESSES_KEPT_MS = 24 * 3_600_000
/** One statement deletes at most this many rows: retention never holds locks for long. */
const DELETE_ROWS_MAX = 20_000

export type Retained = { deletedCount: number; isComplete: boolean }

/** Deletes samples older than SAMPLES_KEPT_MS, one bounded batch a table. `isComplete` false: there is more to delete. */
export async function retainSamples(db: Db, now: Date): Promise<Retained> {
  const before = new Date(now.getTime() - SAMPLES_KEPT_MS)
  const processesBefore = new Date(now.getTime() - PROCESSES_KEPT_MS)
  const counts = [
    await db.$executeRaw`DELETE FROM probe_sample WHERE ctid = ANY(ARRAY(SELECT ctid FROM probe_sample WHERE bucket_at < ${before} LIMIT ${DELETE_ROWS_MAX}))`,
    await db.$executeRaw`DELETE FROM lag_sample WHERE ctid = ANY(ARRAY(SELECT ctid FROM lag_sample WHERE sampled_at < ${before} LIMIT ${DELETE_ROWS_MAX}))`,
    await db.$executeRaw`DELETE FROM traffic_sample WHERE ctid = ANY(ARRAY(SELECT ctid FROM traffic_sample WHERE bucket_at < ${before} LIMIT ${DELETE_ROWS_MAX}))`,
    await db.$executeRaw`DELETE FROM process_heartbeat WHERE heartbeat_at < ${processesBefore}`,
  ]
  return {
    deletedCount: counts.reduce((sum, count) => sum + count, 0),
    isComplete: counts.every((count) => count < DELETE_ROWS_MAX),
  }
}

import type { Db } from '@/server/db'
import { LAG_INTERVAL_MS } from './intervals'

export const POINTS_MAX = 300
/** Lowest, highest and, where something was unknown, a gap: three points a step keep every extreme and every hole. */
const POINTS_PER_STEP = 3

/** One measure of one standby over one step. `hasGap`: at least one reading in it was unknown. */
export type LagStep = {
  targetMember: string
  step: number
  heartbeatLowMs: number | null
  heartbeatHighMs: number | null
  heartbeatHasGap: boolean
  bytesLow: bigint | null
  bytesHigh: bigint | null
  bytesHasGap: boolean
}

export type LagSteps = { steps: LagStep[]; stepCount: number; stepMs: number }

/** Lag readings in the window, reduced in the database to at most POINTS_MAX points a series. */
export async function readLagSteps(db: Db, { from, to }: { from: Date; to: Date }): Promise<LagSteps> {
  const windowMs = to.getTime() - from.getTime()
  const stepMs = Math.max(LAG_INTERVAL_MS, Math.ceil(windowMs / Math.floor(POINTS_MAX / POINTS_PER_STEP)))
  const steps = await db.$queryRaw<LagStep[]>`
    SELECT target_member AS "targetMember",
           floor(extract(epoch FROM sampled_at - ${from}::timestamptz) * 1000 / ${stepMs}::float8)::int AS step,
           min(heartbeat_age_ms) AS "heartbeatLowMs", max(heartbeat_age_ms) AS "heartbeatHighMs",
           bool_or(heartbeat_age_ms IS NULL OR state = 'unknown') AS "heartbeatHasGap",
           min(bytes) AS "bytesLow", max(bytes) AS "bytesHigh", bool_or(bytes IS NULL OR state = 'unknown') AS "bytesHasGap"
      FROM lag_sample WHERE sampled_at >= ${from} AND sampled_at < ${to}
     GROUP BY 1, 2 ORDER BY 1, 2`
  return { steps, stepCount: Math.ceil(windowMs / stepMs), stepMs }
}

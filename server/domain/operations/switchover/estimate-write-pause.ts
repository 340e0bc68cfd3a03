import { counted, formatMs } from '@/model/format'
import type { SwitchoverPlan } from '@/model/schemas/plans'
import { PAST_RUNS_MIN } from '../limits'
import type { CellWorld, MemberWorld } from '../world/cell-world'

/** Round trips between the last write that the source accepts and the first one at the target: close and prove; replay, promote and open. */
const ROUND_TRIPS_TO_SOURCE = 2
const ROUND_TRIPS_TO_TARGET = 2
/** Promotion, a journal write, the drain of writers and the usual gap between two writes: on an idle machine, and on a very busy one. */
const WORK_MS_LOW = 40
const WORK_MS_HIGH = 3_000

/** What writers will notice, with the ground it stands on: past runs where there are enough, else measured round trips. */
export function estimateWritePause(
  world: CellWorld,
  source: MemberWorld,
  target: MemberWorld,
): SwitchoverPlan['writePauseEstimate'] {
  const past = [...world.pastWritePausesMs].sort((a, b) => a - b)
  if (past.length >= PAST_RUNS_MIN)
    return {
      lowMs: Math.round(quantile(past, 0.5)),
      highMs: Math.ceil(quantile(past, 0.95)),
      basis: `p50 to p95 of ${past.length} past switchovers of this cell.`,
    }
  if (source.readRttMs === null || target.readRttMs === null)
    return { lowMs: WORK_MS_LOW, highMs: 10_000, basis: `${sayPast(past)}; no measured round trip: a wide guess.` }
  const tripsMs = ROUND_TRIPS_TO_SOURCE * source.readRttMs + ROUND_TRIPS_TO_TARGET * target.readRttMs
  return {
    lowMs: Math.round(tripsMs + WORK_MS_LOW),
    highMs: Math.ceil(2 * tripsMs + WORK_MS_HIGH),
    basis: `${sayPast(past)}; ${ROUND_TRIPS_TO_SOURCE} round trips to ${source.id} and ${ROUND_TRIPS_TO_TARGET} to ${target.id} as measured: a wide guess.`,
  }
}

/** Runs that are too few to estimate from are still told: the worst of them may lie far above the guess. */
function sayPast(sorted: readonly number[]): string {
  const worstMs = sorted.at(-1)
  if (worstMs === undefined) return 'No past run yet'
  return `${counted(sorted.length, 'past run')} (worst ${formatMs(worstMs)}), too few to estimate from`
}

/** Of a sorted list that is not empty, by nearest rank. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}

import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import { CLOCK_SKEW_MS_MAX } from '@/server/engines/contract'
import { sayTime } from '../say-time'
import type { CellWorld, MemberWorld } from '../world/cell-world'
import { CLOSE_MS_MAX, POWER_OFF_MS_MAX } from './limits'

/** Round trips to the target between the receipt and the first accepted write: drain, promote, open. */
const ROUND_TRIPS_TO_TARGET = 4
/** Journal, promotion and drain on an idle machine and on a busy one. */
const WORK_MS_LOW = 300
const WORK_MS_HIGH = 3_000

type Given = { source: MemberWorld; target: MemberWorld; means: ForcedFailoverPlan['fence']['means'] }

/**
 * From the approval to the first accepted write, which for most writers is not all of it: they wait since the failure. Pure.
 * What fencing takes is what the strongest possible means may take; those before it are tried first and cost their deadline.
 */
export function estimateOutage(world: CellWorld, given: Given): ForcedFailoverPlan['writePauseEstimate'] {
  const strongest = given.means.find((mean) => mean.isPossible)
  const triesFirstMs = strongest?.strength === 'PROVEN' ? 0 : CLOSE_MS_MAX
  const fence = fenceMs(world, strongest?.strength)
  const tripMs = given.target.readRttMs ?? 0
  const trips = given.target.readRttMs === null ? 'no measured round trip' : `${ROUND_TRIPS_TO_TARGET} round trips`
  return {
    lowMs: Math.round(fence.low + WORK_MS_LOW + ROUND_TRIPS_TO_TARGET * tripMs),
    highMs: Math.ceil(triesFirstMs + fence.high + WORK_MS_HIGH + 2 * ROUND_TRIPS_TO_TARGET * tripMs),
    basis: `After the approval: ${fence.says}, and ${trips} to ${given.target.id}. Writers have waited since ${sayOutage(given.source)}.`,
  }
}

function fenceMs(world: CellWorld, strength: string | undefined): { low: number; high: number; says: string } {
  if (strength === 'PROVEN') return { low: 0, high: CLOSE_MS_MAX, says: 'closing the gate' }
  if (strength === 'POWERED_OFF') return { low: 200, high: POWER_OFF_MS_MAX, says: 'switching the machine off' }
  if (strength === 'LEASE_EXPIRED' && world.lease) {
    const endMs = world.lease.endsAtMs + CLOCK_SKEW_MS_MAX
    const leftMs = Math.max(0, endMs - world.nowMs)
    return { low: 0, high: leftMs, says: `the end of the write lease, at ${sayTime(endMs)} at the latest` }
  }
  return { low: 0, high: 0, says: 'no wait for a fence' }
}

function sayOutage({ finding }: MemberWorld): string {
  return finding.since === null ? 'nobody knows when' : sayTime(Date.parse(finding.since))
}

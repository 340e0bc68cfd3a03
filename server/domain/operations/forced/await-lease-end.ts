import { setTimeout as sleep } from 'node:timers/promises'
import { type CallOptions, CLOCK_SKEW_MS_MAX, NotDone } from '@/server/engines/contract'
import { leaseEndsAt } from '../../write-leases'
import { epochsOf } from '../switchover-deps'
import type { ForcedRun } from './forced-run'

const LOOK_EVERY_MS = 100

/**
 * Waits, by the catalog's clock, until the lease that was stopped has run out, and the clock of the server with it. The
 * keeper's last word shortens the wait if it comes. Changes nothing. Throws NotDone when there is no lease to outlive.
 */
export async function awaitLeaseEnd(
  { deps, params: plan }: ForcedRun,
  call: CallOptions,
): Promise<{ endedAt: Date; basis: string; waitedMs: number }> {
  const startedAtMs = performance.now()
  for (;;) {
    const end = await leaseEndsAt(deps.db, plan.scope)
    if (!end || end.epoch !== epochsOf(plan).now || end.memberId !== plan.source.member)
      throw new NotDone(`No lease is known that the gate of ${plan.source.member} has confirmed at this epoch.`)
    if (!end.isStopped) throw new NotDone('The write lease is still being renewed.')
    const endedAt = new Date(end.at.getTime() + CLOCK_SKEW_MS_MAX)
    const waitedMs = performance.now() - startedAtMs
    if (end.isOver) {
      const basis = end.basis === 'final' ? 'the last end that was ordered' : 'the last end that was granted'
      return { endedAt, basis: `${basis}, and ${CLOCK_SKEW_MS_MAX} ms for its clock`, waitedMs }
    }
    if (waitedMs > call.timeoutMs) throw new NotDone(`The write lease lasts until ${endedAt.toISOString()}.`)
    await sleep(LOOK_EVERY_MS, undefined, { signal: call.signal })
  }
}

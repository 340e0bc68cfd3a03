import type { Tx } from '@/server/db'
import type { StepDone } from '@/server/workflows'
import { leaseEndsAt, stopLease } from '../../write-leases'
import { epochsOf } from '../switchover-deps'
import type { ForcedRun } from './forced-run'
import { type ReopenOutput, reopenOldPrimary } from './reopen-old-primary'

/** The effect is in `commit`, in the transaction that records it: from then on what was granted is final. */
export async function stopWriteLease({ params: plan }: ForcedRun): Promise<StepDone> {
  return {
    says: `Stopped whatever write lease ${plan.scope} has at epoch ${plan.epoch.from}: it is not extended any more.`,
  }
}

/** The catalog itself refuses to grant a stopped lease again at its epoch, whatever a keeper believes. */
export async function commitStop(tx: Tx, { params: plan, operationId }: ForcedRun): Promise<void> {
  await stopLease(tx, { scope: plan.scope, epoch: epochsOf(plan).now, operationId })
}

/** A lease that was stopped is never granted again at its epoch: the old primary can only go on at a higher one. */
export async function restoreWriteLease(run: ForcedRun): Promise<StepDone> {
  const end = await leaseEndsAt(run.deps.db, run.params.scope)
  if (!end || end.epoch !== epochsOf(run.params).now)
    return {
      says: `${run.params.scope} had no lease that its gate had confirmed: nothing is to be restored.`,
      output: { isOpen: null } satisfies ReopenOutput,
    }
  return reopenOldPrimary(run)
}

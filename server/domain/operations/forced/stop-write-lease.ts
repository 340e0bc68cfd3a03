import type { Tx } from '@/server/db'
import type { StepDone } from '@/server/workflows'
import { stopLease } from '../../write-leases'
import { epochsOf } from '../switchover-deps'
import type { ForcedRun } from './forced-run'

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

import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import type { FenceStrength } from '@/model/states'
import type { Drained, FenceReceipt } from '@/server/engines/contract'
import type { StepRun } from '@/server/workflows'
import { epochsOf, type RecheckOutput, type SwitchoverDeps } from '../switchover-deps'
import type { LastAckBasis } from './decide-loss'

export type ForcedRun = StepRun<ForcedFailoverPlan, SwitchoverDeps>

/** `lastAck`: the last moment at which the old primary can have acknowledged, by our clock; null while it may go on. */
export type ForcedRecheckOutput = RecheckOutput & { lastAck: { at: string; by: LastAckBasis } | null }

/** The receipt as plain JSON, so that promotion needs no further question to the catalog. */
export type ForcedFenceOutput = {
  receiptId: string
  strength: FenceStrength
  /** From when on it acknowledges nothing; null where nobody measured it (DECLARED). */
  closedAt: string | null
  systemIdentifier: string | null
  timeline: number | null
  lsn: string | null
  refusalCode: string | null
  refusalSqlstate: string | null
  evidence: { [name: string]: string | number | boolean | null }
}

export type DrainOutput = Drained & {
  /** The target has replayed everything up to the fence: nothing is lost. */
  isComplete: boolean
  lossSeconds: number | null
  lossBasis: string
  /** The newest heartbeat of the old primary that it holds, by our clock; null where nothing had to be measured, or none is known. */
  keptHeartbeatAt: string | null
}

/**
 * What promotion stands on. Of a fenced server whose log never came in full, the receipt covers the family, and the place in
 * the log is where the target was drained: it has to be promoted from there and from nowhere else.
 */
export function forcedReceiptOf(run: ForcedRun): FenceReceipt {
  const fence = run.outputOf<ForcedFenceOutput>('fence-old-primary')
  const drained = run.outputOf<DrainOutput>('drain-target')
  const isFenceInLog = fence.strength === 'PROVEN' && drained.isComplete
  return {
    id: fence.receiptId,
    strength: fence.strength,
    operationId: run.operationId,
    memberId: run.params.source.member,
    epoch: epochsOf(run.params).next,
    systemIdentifier: fence.systemIdentifier ?? run.params.target.systemIdentifier,
    timeline: isFenceInLog ? fence.timeline : drained.timeline,
    lsn: isFenceInLog ? fence.lsn : drained.lsn,
    isFenceInLog,
  }
}

import { v7 as uuidv7 } from 'uuid'
import { catalogNow, type Tx } from '@/server/db'
import type { NoteAudit, StepDone } from '@/server/workflows'
import { commitEpoch } from '../switchover/move-writer'
import { epochsOf } from '../switchover-deps'
import type { DrainOutput, ForcedFenceOutput, ForcedRun } from './forced-run'

/**
 * The point of no return: the compare-and-set of the writer, and in the same transaction the record of the server that is left
 * behind. Whoever sees the one sees the other, so no returning server is ever met as if it were the writer.
 */
export async function leaveSourceBehind(tx: Tx, run: ForcedRun, done: StepDone, audit: NoteAudit): Promise<void> {
  const { params: plan, operationId } = run
  await commitEpoch(tx, run, done, audit)
  const { now, next } = epochsOf(plan)
  const fence = run.outputOf<ForcedFenceOutput>('fence-old-primary')
  const drained = run.outputOf<DrainOutput>('drain-target')
  await tx.staleServer.create({
    data: {
      id: uuidv7(),
      operationId,
      scope: plan.scope,
      cellId: plan.cell,
      memberId: plan.source.member,
      epoch: now,
      fencedEpoch: next,
      newPrimary: plan.target.member,
      systemIdentifier: fence.systemIdentifier ?? plan.source.systemIdentifier ?? plan.target.systemIdentifier,
      divergenceTimeline: drained.timeline,
      divergenceLsn: drained.lsn,
      divergenceSnapshot: drained.snapshot,
      status: 'away',
      says: `Left behind at epoch ${now}: ${plan.finding.says}`,
      leftAt: await catalogNow(tx),
      lossSecondsEstimate: drained.lossSeconds,
    },
  })
}

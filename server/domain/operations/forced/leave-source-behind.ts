import { v7 as uuidv7 } from 'uuid'
import { catalogNow, type Tx } from '@/server/db'
import type { NoteAudit, StepDone } from '@/server/workflows'
import { sayDate } from '../say-time'
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
      says: sayLeft(now, fence),
      leftAt: await catalogNow(tx),
      lossSecondsEstimate: drained.lossSeconds,
    },
  })
}

/** Only what stays true: what was seen of it is of the moment of the plan, and is in the plan. */
function sayLeft(epoch: bigint, { strength, closedAt }: ForcedFenceOutput): string {
  const when = closedAt === null ? '' : ` since ${sayDate(Date.parse(closedAt))}`
  const how = {
    PROVEN: `its gate is closed, proven by a canary write${when}`,
    POWERED_OFF: `switched off${when}`,
    LEASE_EXPIRED: `its write lease has run out${when}`,
    DECLARED: 'declared closed by two people, which nothing proves',
  }[strength]
  return `Left behind at epoch ${epoch}, fenced by ${strength}: ${how}.`
}

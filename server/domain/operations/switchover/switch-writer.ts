import { formatMs } from '@/model/format'
import { announce } from '@/server/db'
import type { ReadBack, StepDone } from '@/server/workflows'
import { FENCE_STEP } from '../kind-names'
import { callOf, effect, epochsOf, failoverOf, looking, type SwitchoverRun, stampOf } from '../switchover-deps'
import { type FenceOutput, receiptOf } from './close-source'
import { moveEpoch, readOpening, readPromotionBy } from './move-writer'
import { replayedBy } from './replay-ahead'

/**
 * The part of a planned switchover that writers wait for, behind the fence. Two steps and not four: each step ends in a
 * commit of the journal, and what a commit between these would remember can be seen by looking.
 */

/**
 * Everything that was ever acknowledged lies at or below the receipt's position, so a target that has it has lost nothing. A
 * wait changes nothing; the decision is in the commit.
 */
export async function replayAndMoveEpoch(run: SwitchoverRun): Promise<StepDone> {
  const fence = run.outputOf<FenceOutput>(FENCE_STEP)
  const { replayedLsn, tookMs } = await looking(replayedBy(run, fence))
  const moved = await moveEpoch(run)
  return {
    says: `${run.params.target.member} has replayed ${fence.lsn} on timeline ${fence.timeline}, ${formatMs(tookMs)} after the gate had closed. ${moved.says}`,
    output: { replayedLsn, tookMs },
  }
}

/** The catalog has named the target since the decision, so routers need no word of the journal to send writers there. */
export async function promoteAndOpen(run: SwitchoverRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const { next } = epochsOf(plan)
  const stamp = { ...stampOf(run), epoch: next, region: plan.target.region }
  const target = await deps.endpointOf(plan.target.member)
  const { timeline, lsn } = await effect(failoverOf(deps).promoteAndOpen(target, receiptOf(run), stamp, callOf(run)))
  await tellOpened(run)
  return {
    says: `Promoted ${plan.target.member}: timeline ${timeline} from ${lsn}. Opened its gate at epoch ${next}.`,
    output: { timeline, lsn },
  }
}

/** The record says it again when it commits: whoever misses this word waits a little longer, and nothing else. */
async function tellOpened({ deps, params: plan }: SwitchoverRun): Promise<void> {
  await announce(deps.db, { topic: 'routes', ids: [plan.scope] }).catch(() => {})
}

/** Promoted with a closed gate is not done: doing it again finds the promotion and opens. */
export async function readPromotedAndOpen(run: SwitchoverRun): Promise<ReadBack> {
  const promoted = await readPromotionBy(run, receiptOf(run))
  if (promoted.found !== 'done') return promoted
  const opened = await readOpening(run)
  if (opened.found !== 'done') return opened
  return { ...promoted, says: `${promoted.says} ${opened.says}` }
}

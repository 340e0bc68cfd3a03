import type { Tx } from '@/server/db'
import { type StepDone, StepFailed } from '@/server/workflows'
import { claimBack, markSourceWritable, openSource } from '../switchover/close-source'
import { effect, epochsOf } from '../switchover-deps'
import type { ForcedRun } from './forced-run'
import { POWER_OFF_MS_MAX, REOPEN_ATTEMPTS_MAX, REOPEN_MS_MAX } from './limits'

/** Null: nothing had to be opened. */
export type ReopenOutput = { isOpen: boolean | null }

/**
 * The way back, for the fence and for the lease alike: the catalog decides first (e to e+2, the old primary stays the writer),
 * so that no worker, however late, can move the scope to the target. Then its machine is released if we had switched it off,
 * and its gate is opened at e+2, above any epoch at which it may have been closed.
 * The old primary may never answer again, and a scope that waits for it could not be failed over to another standby: after a
 * number of tries the run ends with the gate as it is, and the catalog says so (FENCED at e+2).
 */
export async function reopenOldPrimary(run: ForcedRun): Promise<StepDone> {
  const { deps, params: plan, operationId } = run
  const { back } = epochsOf(plan)
  await run.transact((tx) => claimBack(tx, run))
  await run.halfway()
  const wasOff = plan.fence.means.some(({ strength, isPossible }) => strength === 'POWERED_OFF' && isPossible)
  try {
    const release = { timeoutMs: Math.min(run.timeoutMs, POWER_OFF_MS_MAX), signal: run.signal }
    if (wasOff && deps.fencingAgent)
      await effect(deps.fencingAgent.release(plan.source.member, { operationId }, release))
    const { says } = await openSource(run, { timeoutMs: REOPEN_MS_MAX, signal: run.signal })
    return { says, output: { isOpen: true } satisfies ReopenOutput }
  } catch (error) {
    if (!(error instanceof StepFailed) || run.attempt < REOPEN_ATTEMPTS_MAX) throw error
    return {
      says: `${plan.source.member} does not answer: its gate stays as it is, and the catalog names it closed at epoch ${back}. ${error.says}`,
      output: { isOpen: false } satisfies ReopenOutput,
    }
  }
}

export async function commitReopening(tx: Tx, run: ForcedRun, done: StepDone): Promise<void> {
  const { isOpen } = done.output as ReopenOutput // written by the undo just above
  if (isOpen) await markSourceWritable(tx, run)
  if (isOpen !== false) return
  await tx.$executeRaw`
    UPDATE region_write_epoch SET status = 'FENCED', updated_at = now()
     WHERE logical_scope = ${run.params.scope} AND epoch = ${epochsOf(run.params).back}
       AND operation_id = ${run.operationId}::uuid AND status = 'SWITCHING'`
}

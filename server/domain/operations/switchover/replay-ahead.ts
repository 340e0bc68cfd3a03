import type { LogEnd } from '@/server/engines/contract'
import { epochsOf, failoverOf, type SwitchoverRun } from '../switchover-deps'

type Replayed = { replayedLsn: string; tookMs: number }

/** By the plan as this worker holds it, so that nothing is kept of an operation that is over or another's. */
const underWay = new WeakMap<object, Promise<Replayed>>()

/**
 * The target replays while the fence is being proven, and writers wait for both: so the wait starts with the position and not
 * with the proof. It changes nothing, hence it needs no place in the journal.
 */
export function startAwaitingReplay(run: SwitchoverRun, end: LogEnd): void {
  const replayed = awaitReplay(run, end)
  replayed.catch(() => {}) // told to whoever takes it
  underWay.set(run.params, replayed)
}

/** What was started before if there is such, and only once: an attempt after a failed one waits anew. */
export function replayedBy(run: SwitchoverRun, end: LogEnd): Promise<Replayed> {
  const started = underWay.get(run.params)
  underWay.delete(run.params)
  return started ?? awaitReplay(run, end)
}

async function awaitReplay(run: SwitchoverRun, { systemIdentifier, timeline, lsn }: LogEnd): Promise<Replayed> {
  const { deps, params: plan, operationId, signal } = run
  const fence = { operationId, epoch: epochsOf(plan).next }
  const standby = await deps.endpointOf(plan.target.member)
  const call = { timeoutMs: plan.bounds.replayMs, signal }
  return failoverOf(deps).awaitReplay(standby, { systemIdentifier, timeline, lsn, fence }, call)
}

import { setTimeout as sleep } from 'node:timers/promises'
import { type StepDone, StepFailed } from '@/server/workflows'
import { effect } from '../switchover-deps'
import { type ReturnRun, staleOf } from './return-run'

const OBSERVE_MS = 2_000
const LOOK_EVERY_MS = 100
const ANSWERS_WITHIN_MS = 30_000

/** Only a machine that we switched off is switched on by us: then nobody but the console reaches its database until it is rebuilt. */
export async function bringBackClosed(run: ReturnRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const stale = await staleOf(deps.db, plan)
  const member = plan.source.member
  if (!(await wasPoweredOff(run, stale.operationId)))
    return {
      says: `${member} was not switched off by the console: it is taken as it comes.`,
      output: { isIsolated: false },
    }
  if (!deps.fencingAgent) {
    if (await answers(run)) return { says: `${member} answers already.`, output: { isIsolated: false } }
    throw new StepFailed(`${member} was powered off, and this worker has no fencing agent that could bring it back.`)
  }
  const call = { timeoutMs: run.timeoutMs / 2, signal: run.signal }
  try {
    await effect(deps.fencingAgent.bringBackClosed(member, { operationId: stale.operationId }, call))
  } catch (error) {
    // Somebody switched it on behind the console's back: there is no time to lose with switching it off again.
    if (!(error instanceof StepFailed) || !(await answers(run))) throw error
    return { says: `${member} runs already: ${error.says}`, output: { isIsolated: false } }
  }
  await untilItAnswers(run)
  return {
    says: `Brought ${member} back: nobody but the console reaches it until it is rebuilt.`,
    output: { isIsolated: true },
  }
}

export async function wasPoweredOff({ deps, params }: ReturnRun, failoverId: string): Promise<boolean> {
  const receipt = await deps.db.fenceReceipt.findFirst({
    where: { operationId: failoverId, memberId: params.source.member, strength: 'POWERED_OFF' },
    select: { id: true },
  })
  return receipt !== null
}

async function answers({ deps, params: plan, signal }: ReturnRun): Promise<boolean> {
  const { scope } = await staleOf(deps.db, plan)
  const endpoint = await deps.endpointOf(plan.source.member)
  return (await deps.engine.observe(endpoint, scope, { timeoutMs: OBSERVE_MS, signal })).reachable
}

async function untilItAnswers(run: ReturnRun): Promise<void> {
  const giveUpAtMs = performance.now() + Math.min(ANSWERS_WITHIN_MS, run.timeoutMs / 3)
  while (!(await answers(run))) {
    if (performance.now() > giveUpAtMs)
      throw new StepFailed(`${run.params.source.member} was switched on and does not answer.`)
    await sleep(LOOK_EVERY_MS, undefined, { signal: run.signal })
  }
}

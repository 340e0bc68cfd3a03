import { formatBytes, formatMs } from '@/model/format'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import { effect, epochsOf, failoverOf, looking } from '../switchover-deps'
import { readSigns } from '../world/read-members'
import type { DrainOutput, ForcedFenceOutput, ForcedRecheckOutput, ForcedRun } from './forced-run'
import { REPLAY_WITHOUT_STREAM_MS } from './limits'
import { measureLoss } from './measure-loss'
import { bytesBetween } from './positions'

const OBSERVE_MS = 2_000

/**
 * Everything that was received is replayed, and nothing arrives any more; where that is, and which transactions it holds,
 * is what the return of the old primary is compared with. Before that, a proven fence lets the rest of the log come over.
 * Refuses when more would be lost than was approved, or when another standby has more.
 */
export async function drainTarget(run: ForcedRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const endpoint = await deps.endpointOf(plan.target.member)
  const isComplete = await awaitTheRest(run)
  const family = { systemIdentifier: plan.target.systemIdentifier, timeline: plan.target.timeline }
  const drained = await effect(
    failoverOf(deps).drain(endpoint, family, { timeoutMs: run.timeoutMs / 2, signal: run.signal }),
  )
  await refuseIfAnotherHasMore(run, drained)
  const loss = isComplete ? nothingLost : await measure(run)
  const bound = plan.loss.seconds
  if (bound !== null && (loss.lossSeconds === null || loss.lossSeconds > bound))
    throw new StepRefused(
      `More would be lost than was approved: ${loss.lossSeconds ?? 'an unknown number of'} s, not at most ${bound} s.`,
      { isAfterEffect: true },
    )
  const output: DrainOutput = { ...drained, isComplete, ...loss }
  return {
    says: isComplete
      ? `${plan.target.member} has everything up to the fence, at ${drained.lsn}: nothing is lost.`
      : `${plan.target.member} has replayed all that it received, up to ${drained.lsn} (${formatMs(drained.tookMs)}); ${loss.lossSeconds === null ? 'what is lost has no bound' : `at most the last ${loss.lossSeconds} s are lost`}.`,
    output,
  }
}

const nothingLost = {
  lossSeconds: 0,
  lossBasis: 'The target has replayed the fence: nothing that was acknowledged is lost.',
  keptHeartbeatAt: null,
}

/** It receives again. A promotion does not end the closing by itself either, and a copy of the target would inherit it. */
export async function letTargetReceive(run: ForcedRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const call = { timeoutMs: OBSERVE_MS, signal: run.signal }
  await looking(failoverOf(deps).undrain(await deps.endpointOf(plan.target.member), call))
  return { says: `${plan.target.member} receives again.` }
}

/** Whether the target came to hold the fence itself. Only a gate that was closed by us has such a place in the log. */
async function awaitTheRest(run: ForcedRun): Promise<boolean> {
  const { deps, params: plan } = run
  const fence = run.outputOf<ForcedFenceOutput>('fence-old-primary')
  if (fence.strength !== 'PROVEN' || fence.lsn === null || fence.timeline === null || fence.systemIdentifier === null)
    return false
  const standby = await deps.endpointOf(plan.target.member)
  const report = await deps.engine.observe(standby, plan.scope, { timeoutMs: OBSERVE_MS, signal: run.signal })
  const isFed = report.reachable && report.receiver?.status === 'streaming'
  const timeoutMs = isFed ? plan.bounds.replayMs : REPLAY_WITHOUT_STREAM_MS
  const until = {
    systemIdentifier: fence.systemIdentifier,
    timeline: fence.timeline,
    lsn: fence.lsn,
    fence: { operationId: run.operationId, epoch: epochsOf(plan).next },
  }
  try {
    await failoverOf(deps).awaitReplay(standby, until, { timeoutMs, signal: run.signal })
    return true
  } catch (error) {
    if (error instanceof NotDone || error instanceof OutcomeUnknown) return false // the rest is lost; how much is told below
    throw error
  }
}

/** A standby that can be asked and holds more would be the better choice: people must see it and plan again. */
async function refuseIfAnotherHasMore(run: ForcedRun, drained: { timeline: number; lsn: string }): Promise<void> {
  const { deps, params: plan } = run
  const others = await deps.db.cellMember.findMany({
    where: { cellId: plan.cell, id: { notIn: [plan.source.member, plan.target.member] } },
    select: { id: true },
  })
  for (const { id } of others) {
    const call = { timeoutMs: OBSERVE_MS, signal: run.signal }
    const report = await deps.engine.observe(await deps.endpointOf(id), plan.scope, call)
    if (!report.reachable || report.role !== 'standby' || report.timeline !== drained.timeline) continue
    if (report.systemIdentifier !== plan.target.systemIdentifier) continue
    const ahead = bytesBetween(drained.lsn, report.receivedLsn ?? report.lsn)
    if (ahead === null || ahead > 0n)
      throw new StepRefused(
        `${id} has received ${ahead === null ? 'an unknown amount' : formatBytes(ahead)} more than ${plan.target.member}: plan again.`,
        { isAfterEffect: true },
      )
  }
}

/** Asked of the drained target, where nothing arrives any more. */
async function measure(run: ForcedRun): Promise<Pick<DrainOutput, 'lossSeconds' | 'lossBasis' | 'keptHeartbeatAt'>> {
  const { deps, params: plan } = run
  const { source, target } = plan
  const call = { timeoutMs: OBSERVE_MS, signal: run.signal }
  const report = await deps.engine.observe(await deps.endpointOf(target.member), plan.scope, call)
  if (!report.reachable)
    throw new StepFailed(`${target.member} does not answer: ${report.detail}`, { isAfterEffect: true })
  const { strength, closedAt } = run.outputOf<ForcedFenceOutput>('fence-old-primary')
  const { lastAck } = run.outputOf<ForcedRecheckOutput>('recheck-plan')
  const { keptHeartbeatAtMs, ...loss } = measureLoss({
    source: source.member,
    target: target.member,
    strength,
    closedAtMs: closedAt === null ? null : Date.parse(closedAt),
    before: lastAck && { lastAckAtMs: Date.parse(lastAck.at), basis: lastAck.by },
    lastAnswerAtMs: (await readSigns(deps.db, [source.member])).get(source.member)?.lastAnswerAt?.getTime() ?? null,
    clockSkewMs: await writerSkewMs(run),
    heartbeatAtMs: report.heartbeatAt?.getTime() ?? null,
  })
  return { ...loss, keptHeartbeatAt: keptHeartbeatAtMs === null ? null : new Date(keptHeartbeatAtMs).toISOString() }
}

async function writerSkewMs({ deps, params: plan }: ForcedRun): Promise<number> {
  const seen = await deps.db.memberObservation.findUnique({ where: { memberId: plan.source.member } })
  return seen?.clockSkewMs ?? 0
}

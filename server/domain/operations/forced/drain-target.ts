import { formatBytes, formatMs } from '@/model/format'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import { sayTime } from '../say-time'
import { epochsOf, failoverOf, looking } from '../switchover-deps'
import type { DrainOutput, ForcedFenceOutput, ForcedRecheckOutput, ForcedRun } from './forced-run'
import { CLOCK_READING_MS, REPLAY_WITHOUT_STREAM_MS } from './limits'
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
  const drained = await looking(
    failoverOf(deps).drain(endpoint, family, { timeoutMs: run.timeoutMs / 2, signal: run.signal }),
  )
  await refuseIfAnotherHasMore(run, drained)
  const loss = isComplete
    ? { lossSeconds: 0, lossBasis: 'The target has replayed the fence: nothing that was acknowledged is lost.' }
    : await measureLoss(run)
  const bound = plan.loss.seconds
  if (bound !== null && (loss.lossSeconds === null || loss.lossSeconds > bound))
    throw new StepRefused(
      `More would be lost than was approved: ${loss.lossSeconds ?? 'an unknown number of'} s, not at most ${bound} s.`,
    )
  const output: DrainOutput = { ...drained, isComplete, ...loss }
  return {
    says: isComplete
      ? `${plan.target.member} has everything up to the fence, at ${drained.lsn}: nothing is lost.`
      : `${plan.target.member} has replayed all that it received, up to ${drained.lsn} (${formatMs(drained.tookMs)}); ${loss.lossSeconds === null ? 'what is lost has no bound' : `at most the last ${loss.lossSeconds} s are lost`}.`,
    output,
  }
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
      )
  }
}

/** From the newest heartbeat that the target holds to the last moment at which the old primary can have acknowledged. */
async function measureLoss(run: ForcedRun): Promise<Pick<DrainOutput, 'lossSeconds' | 'lossBasis'>> {
  const { deps, params: plan } = run
  const lastAckAt = lastAckOf(run)
  const call = { timeoutMs: OBSERVE_MS, signal: run.signal }
  const report = await deps.engine.observe(await deps.endpointOf(plan.target.member), plan.scope, call)
  if (!report.reachable) throw new StepFailed(`${plan.target.member} does not answer: ${report.detail}`)
  const heartbeatAtMs = report.heartbeatAt && report.heartbeatAt.getTime() - (await writerSkewMs(run))
  if (lastAckAt === null || heartbeatAtMs === null)
    return { lossSeconds: null, lossBasis: 'Nobody knows when the old primary last acknowledged a write.' }
  const missingMs = Math.max(0, lastAckAt.getTime() - heartbeatAtMs) + CLOCK_READING_MS
  const lossSeconds = Math.ceil(missingMs / 100) / 10
  return {
    lossSeconds,
    lossBasis: `${plan.target.member} holds the heartbeat of ${sayTime(heartbeatAtMs)}; ${plan.source.member} acknowledged nothing after ${sayTime(lastAckAt.getTime())}.`,
  }
}

/** The earlier of what was known before and what the fence shows. */
function lastAckOf(run: ForcedRun): Date | null {
  const { lastAckAt } = run.outputOf<ForcedRecheckOutput>('recheck-plan')
  const { closedAt } = run.outputOf<ForcedFenceOutput>('fence-old-primary')
  const ends = [lastAckAt, closedAt].filter((end) => end !== null).map((end) => Date.parse(end))
  return ends.length === 0 ? null : new Date(Math.min(...ends))
}

async function writerSkewMs({ deps, params: plan }: ForcedRun): Promise<number> {
  const seen = await deps.db.memberObservation.findUnique({ where: { memberId: plan.source.member } })
  return seen?.clockSkewMs ?? 0
}

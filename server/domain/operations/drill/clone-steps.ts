import { formatBytes, formatMs } from '@/model/format'
import { type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import { bytesBetween } from '../forced/positions'
import { whyNotThatServer } from '../observe-live'
import { refuseUnapprovedRun } from '../switchover/recheck-plan'
import { effect, epochsOf, failoverOf, looking } from '../switchover-deps'
import {
  agentOf,
  askForClone,
  type CloneOutput,
  type CloneRun,
  cloneOf,
  liveScopeOf,
  refuseLiveScope,
} from './clone-run'

const LOOK_MS = 5_000

/** Where primary and standby stood when the primary was imagined to be lost. */
export type NotedOutput = {
  sourceLsn: string
  receivedLsn: string
  replayedLsn: string
  heartbeatAgeMs: number | null
  behindBytes: string | null
}

export async function checkDrill(run: CloneRun): Promise<StepDone> {
  const { params: plan } = run
  await refuseUnapprovedRun(run)
  await refuseLiveScope(run)
  agentOf(run)
  const { source, target } = await lookAtBoth(run)
  const strangers = [whyNotThatServer(source, plan.source), whyNotThatServer(target, plan.target)].filter(
    (why) => why !== null,
  )
  if (strangers.length > 0) throw new StepRefused(`The world no longer matches the plan: ${strangers.join('; ')}`)
  return { says: `Found ${plan.target.member} a standby of ${plan.source.member}; ${plan.scope} is no live scope.` }
}

/** From here the clock runs: the primary is imagined to be lost at this moment. Only questions are asked. */
export async function notePositions(run: CloneRun): Promise<StepDone> {
  const { params: plan } = run
  const { source, target } = await lookAtBoth(run)
  if (!source.reachable) throw new StepFailed(`${plan.source.member} does not answer: ${source.detail}`)
  if (!target.reachable) throw new StepFailed(`${plan.target.member} does not answer: ${target.detail}`)
  const received = target.receivedLsn ?? target.lsn
  const behind = bytesBetween(received, source.lsn)
  const output: NotedOutput = {
    sourceLsn: source.lsn,
    receivedLsn: received,
    replayedLsn: target.lsn,
    heartbeatAgeMs: target.heartbeatAgeMs,
    behindBytes: behind === null ? null : String(behind > 0n ? behind : 0n),
  }
  const age = target.heartbeatAgeMs === null ? 'of unknown age' : `${formatMs(target.heartbeatAgeMs)} old`
  return {
    says: `Imagined ${plan.source.member} lost at ${source.lsn}: the newest heartbeat on ${plan.target.member} is ${age}, it had received ${received}.`,
    output,
  }
}

export async function startClone(run: CloneRun): Promise<StepDone> {
  await refuseLiveScope(run)
  const { endpoint, tookMs, bytes } = await askForClone(run, run.timeoutMs)
  const call = { timeoutMs: LOOK_MS, signal: run.signal }
  const seen = await run.deps.engine.observe(endpoint, run.params.scope, call)
  if (!seen.reachable || seen.serverName !== endpoint.memberId || seen.role !== 'primary')
    throw new StepFailed(
      `What answers as ${endpoint.memberId} is not a promoted copy: ${seen.reachable ? `${seen.serverName}, a ${seen.role}` : seen.detail}`,
      { isAfterEffect: true },
    )
  const output: CloneOutput = { clone: endpoint.memberId, region: endpoint.region, tookMs, bytes }
  return {
    says: `Copied ${run.params.target.member} to ${endpoint.memberId} (${formatBytes(bytes)}) and promoted the copy in ${formatMs(tookMs)}.`,
    output,
  }
}

/** The copy gets a scope that nobody routes to before its gate is opened, and must hold all that its standby held. */
export async function openCloneGate(run: CloneRun): Promise<StepDone> {
  const { deps, params: plan, operationId, leaseEpoch } = run
  const clone = await cloneOf(run)
  const call = { timeoutMs: run.timeoutMs, signal: run.signal }
  const drillScope = plan.scope
  await effect(failoverOf(deps).adoptClone(clone, { liveScope: await liveScopeOf(run), drillScope }, call))
  await run.halfway()
  const seen = await deps.engine.observe(clone, drillScope, call)
  if (!seen.reachable) throw new StepFailed(`${clone.memberId} does not answer: ${seen.detail}`)
  const { replayedLsn } = run.outputOf<NotedOutput>('note-positions')
  const lead = bytesBetween(replayedLsn, seen.lsn)
  if (lead === null || lead < 0n || seen.systemIdentifier !== plan.target.systemIdentifier)
    throw new StepRefused(
      `${clone.memberId} stands at ${seen.lsn} and lacks what ${plan.target.member} had at ${replayedLsn}.`,
    )
  const epoch = epochsOf(plan).next
  const stamp = { scope: drillScope, operationId, leaseEpoch, epoch, region: clone.region }
  await effect(failoverOf(deps).openGate(clone, stamp, call))
  return {
    says: `Opened the gate of ${clone.memberId} under ${drillScope} at epoch ${epoch}; it holds all that ${plan.target.member} held.`,
  }
}

export async function proveCloneWritable(run: CloneRun): Promise<StepDone> {
  const { deps, params: plan, operationId, leaseEpoch } = run
  const clone = await cloneOf(run)
  const stamp = { scope: plan.scope, operationId, leaseEpoch, epoch: epochsOf(plan).next }
  const call = { timeoutMs: run.timeoutMs, signal: run.signal }
  const { tookMs } = await looking(failoverOf(deps).proveWritable(clone, stamp, call))
  return {
    says: `${clone.memberId} accepted a canary write by the ordinary role in ${formatMs(tookMs)}.`,
    output: { tookMs },
  }
}

/** Idempotent, and also the undo of the copy: whatever happens, nothing is left behind. */
export async function discardClone(run: CloneRun): Promise<StepDone> {
  const { operationId, timeoutMs, signal } = run
  await effect(agentOf(run).discardClone({ operationId }, { timeoutMs, signal }))
  return { says: 'Stopped the copy and removed its data.' }
}

async function lookAtBoth({ deps, params: plan, timeoutMs, signal }: CloneRun) {
  const scope = await liveScopeOf({ deps, params: plan })
  const call = { timeoutMs: timeoutMs / 2, signal }
  const [source, target] = await Promise.all(
    [plan.source.member, plan.target.member].map(async (member) =>
      deps.engine.observe(await deps.endpointOf(member), scope, call),
    ),
  )
  return { source: source!, target: target! }
}

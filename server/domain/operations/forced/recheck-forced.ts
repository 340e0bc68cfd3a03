import { formatMs } from '@/model/format'
import { joinSentences } from '@/model/join-sentences'
import { type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import { describeDrift } from '../decide-drift'
import { whyNotThatServer, withLiveTarget } from '../observe-live'
import { refuseUnapprovedRun } from '../switchover/recheck-plan'
import { failoverOf, looking } from '../switchover-deps'
import { sourceOf } from '../world/cell-world'
import { readWorld } from '../world/read-world'
import { lastAcknowledgement } from './decide-loss'
import type { ForcedRecheckOutput, ForcedRun } from './forced-run'
import { judgeForced } from './judge-forced'

/**
 * The world moved while people were reading. What was approved is judged again, by what the target says now and by what the
 * vantages have seen of the old primary since; a difference ends the run before anything was touched.
 */
export async function recheckForced(run: ForcedRun): Promise<StepDone> {
  const { deps, params: plan, operationId } = run
  const { requestId } = await refuseUnapprovedRun(run)
  const world = await readWorld(deps.db, plan.cell, { exceptOperationId: operationId })
  if (!world) throw new StepRefused(`There is no cell ${plan.cell} any more.`)
  const startedAtMs = performance.now()
  const call = { timeoutMs: run.timeoutMs / 2, signal: run.signal }
  const report = await deps.engine.observe(await deps.endpointOf(plan.target.member), plan.scope, call)
  const live = withLiveTarget(world, plan.target.member, {
    report,
    vantage: deps.vantageRegion,
    observedAtMs: world.nowMs + Math.round(performance.now() - startedAtMs),
  })
  const { drift, unknown, loss } = judgeForced(plan, live, plan.steps) // the journal's steps are those of the plan's own version
  const stranger = whyNotThatServer(report, plan.target)
  const changes = [...(stranger ? [stranger] : []), ...(drift.length > 0 ? [describeDrift(drift)] : [])]
  if (changes.length > 0) throw new StepRefused(`The world no longer matches the plan: ${changes.join('; ')}`)
  if (unknown.length > 0)
    throw new StepFailed(`Not everything can be verified: ${joinSentences(unknown.map(({ says }) => says))}`)
  const source = sourceOf(live)!
  const last = lastAcknowledgement(live, source, null)
  const output: ForcedRecheckOutput = {
    requestId,
    lagMs: report.reachable ? report.heartbeatAgeMs : null,
    warnings: [],
    lastAck: last.by === null ? null : { at: new Date(last.atMs).toISOString(), by: last.by },
  }
  return {
    says: `Found the plan still true: ${source.finding.says} ${loss.seconds === null ? 'The loss has no bound.' : `At most the last ${formatMs(loss.seconds * 1_000)} can be lost.`}`,
    output,
  }
}

/** Signs in to the target now, so that the outage does not pay for it. Nobody waits for a server that may be dead. */
export async function warmUpTarget(run: ForcedRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const endpoint = await deps.endpointOf(plan.target.member)
  await looking(failoverOf(deps).warmUp([endpoint], { timeoutMs: run.timeoutMs, signal: run.signal }))
  return { says: `Opened connections to ${plan.target.member}.` }
}

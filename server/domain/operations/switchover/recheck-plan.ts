import { formatMs } from '@/model/format'
import { joinSentences } from '@/model/join-sentences'
import type { OperationPlan } from '@/model/schemas/plans'
import { catalogNow } from '@/server/db'
import { type StepDone, StepFailed, StepRefused, type StepRun } from '@/server/workflows'
import { decideDrift, describeDrift } from '../decide-drift'
import { hashPlan } from '../hash-plan'
import { whyNotThatServer, withLiveReports } from '../observe-live'
import { failoverOf, looking, type RecheckOutput, type SwitchoverDeps, type SwitchoverRun } from '../switchover-deps'
import { readWorld } from '../world/read-world'

/**
 * The world moved while people were reading. Everything that was approved is judged again, this time by what both servers
 * say now; a difference ends the run before anything was touched.
 */
export async function recheckPlan(run: SwitchoverRun): Promise<StepDone> {
  const { deps, params: plan, operationId } = run
  const { requestId } = await refuseUnapprovedRun(run)
  const world = await readWorld(deps.db, plan.cell, { exceptOperationId: operationId })
  if (!world) throw new StepRefused(`There is no cell ${plan.cell} any more.`)
  const startedAtMs = performance.now()
  const [source, target] = await Promise.all([observe(run, plan.source.member), observe(run, plan.target.member)])
  const observedAtMs = world.nowMs + Math.round(performance.now() - startedAtMs)
  const ids = { source: plan.source.member, target: plan.target.member }
  const live = withLiveReports(world, ids, { source, target, vantage: deps.vantageRegion, observedAtMs })
  const { drift, unknown } = decideDrift(plan, live, plan.steps) // the journal's steps are those of the plan's own version
  const strangers = [whyNotThatServer(source, plan.source), whyNotThatServer(target, plan.target)].filter(
    (why) => why !== null,
  )
  const changes = [...strangers, ...(drift.length > 0 ? [describeDrift(drift)] : [])]
  if (changes.length > 0) throw new StepRefused(`The world no longer matches the plan: ${changes.join('; ')}`)
  if (unknown.length > 0)
    throw new StepFailed(`Not everything can be verified: ${joinSentences(unknown.map(({ says }) => says))}`)
  const lagMs = target.reachable ? target.heartbeatAgeMs : null
  return {
    says: `Found the plan still true: ${ids.target} is ${formatMs(lagMs ?? 0)} behind ${ids.source} at epoch ${plan.epoch.from}.`,
    output: { requestId, lagMs, warnings: source.reachable ? [...source.warnings] : [] } satisfies RecheckOutput,
  }
}

/** What runs is what was approved, to the letter, and approved is not approved for ever: a late run asks again. */
export async function refuseUnapprovedRun({
  deps,
  operationId,
  params,
}: Pick<StepRun<OperationPlan, SwitchoverDeps>, 'deps' | 'operationId' | 'params'>): Promise<{
  requestId: string | null
}> {
  const operation = await deps.db.operation.findUniqueOrThrow({
    where: { id: operationId },
    select: {
      requestId: true,
      plan: { select: { hash: true } },
      request: { select: { code: true, runBy: true, planHash: true } },
    },
  })
  const hash = hashPlan(params)
  if (hash !== operation.plan.hash || (operation.request && hash !== operation.request.planHash))
    throw new StepRefused('The stored plan is not the one that was approved: its hash differs. Nothing was touched.')
  if (operation.request && operation.request.runBy <= (await catalogNow(deps.db)))
    throw new StepRefused(
      `${operation.request.code} had to begin by ${operation.request.runBy.toISOString()}: ask again.`,
    )
  return { requestId: operation.requestId }
}

async function observe({ deps, params, signal, timeoutMs }: SwitchoverRun, memberId: string) {
  const call = { timeoutMs: timeoutMs / 2, signal }
  return deps.engine.observe(await deps.endpointOf(memberId), params.scope, call)
}

/** Signs in everywhere now, so that the pause does not pay for it. */
export async function warmUp(run: SwitchoverRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const endpoints = await Promise.all([deps.endpointOf(plan.source.member), deps.endpointOf(plan.target.member)])
  await looking(failoverOf(deps).warmUp(endpoints, { timeoutMs: run.timeoutMs, signal: run.signal }))
  return { says: `Opened connections to ${plan.source.member} and ${plan.target.member}.` }
}

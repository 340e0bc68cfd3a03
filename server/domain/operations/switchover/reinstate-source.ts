import { setTimeout as sleep } from 'node:timers/promises'
import { formatBytes, formatMs } from '@/model/format'
import type { LosslessPlan, ReinstatementPlan } from '@/model/schemas/plans'
import { type ReadBack, type StepDone, StepFailed, StepRefused, type StepRun } from '@/server/workflows'
import { effect, epochsOf, type SwitchoverDeps, type SwitchoverRun } from '../switchover-deps'

const LOOK_EVERY_MS = 100
/** Routers know the new writer; what was on its way to the old one is answered with its refusal before its connections end. */
const LINGER_MS = 1_000
/** After the rebuild itself: the new standby connects and catches up. */
const STREAMING_WITHIN_MS = 60_000

/**
 * The old primary holds nothing that the new one lacks (the fence and the replay proved it), so it may be thrown away and
 * copied anew. Redundancy is back when it streams.
 */
export async function reinstateSource(run: SwitchoverRun): Promise<StepDone> {
  const found = await readReinstatement(run)
  if (found.found === 'done') return found
  await refuseUnlessDecided(run)
  await sleep(LINGER_MS, undefined, { signal: run.signal })
  return rebuildStandby(run)
}

/** A run that makes its source a standby of its target, whatever else it does. */
export type RebuildRun = Pick<
  StepRun<LosslessPlan | ReinstatementPlan, SwitchoverDeps>,
  'operationId' | 'deps' | 'params' | 'timeoutMs' | 'signal' | 'halfway'
>

/** Destroys what the source holds: whoever calls this has proven that nothing of it is needed any more. */
export async function rebuildStandby(run: RebuildRun): Promise<StepDone> {
  const { deps, params: plan } = run
  if (!deps.hostAgent) throw new StepRefused(await runbook(run))
  const from = { source: plan.target.member, operationId: run.operationId }
  const call = { timeoutMs: run.timeoutMs, signal: run.signal }
  const { tookMs, bytes } = await effect(deps.hostAgent.rebuildStandby(plan.source.member, from, call))
  await run.halfway()
  await untilStreaming(run)
  return {
    says: `Rebuilt ${plan.source.member} as a standby of ${plan.target.member} in ${formatMs(tookMs)} (${formatBytes(bytes)}); it streams.`,
    output: { tookMs, bytes },
  }
}

/** Whoever rebuilt it, and however: it is done when the old primary streams from the new one. */
export async function readReinstatement(run: Omit<RebuildRun, 'halfway'>): Promise<ReadBack> {
  const { deps, params: plan } = run
  const call = { timeoutMs: Math.min(run.timeoutMs, 5_000), signal: run.signal }
  const [old, now] = await Promise.all([
    deps.engine.observe(await deps.endpointOf(plan.source.member), plan.scope, call),
    deps.engine.observe(await deps.endpointOf(plan.target.member), plan.scope, call),
  ])
  if (!now.reachable) return { found: 'unknown', says: `${plan.target.member} does not answer: ${now.detail}` }
  if (!old.reachable) return { found: 'not-done' } // a rebuild is idempotent, and a server that is off is to be rebuilt
  const isFed = now.standbys.some(({ name, state }) => name === plan.source.member && state === 'streaming')
  const isFollowing =
    old.role === 'standby' && old.systemIdentifier === now.systemIdentifier && old.receiver?.status === 'streaming'
  if (!isFed || !isFollowing || old.timeline !== now.timeline) return { found: 'not-done' }
  return {
    found: 'done',
    says: `${plan.source.member} streams from ${plan.target.member} on timeline ${now.timeline}.`,
  }
}

/** Rebuilding destroys a copy. The catalog must say, under our lease, that the target is the writer by this very run. */
async function refuseUnlessDecided(run: SwitchoverRun): Promise<void> {
  const { params: plan } = run
  const row = await run.transact((tx) => tx.regionWriteEpoch.findUnique({ where: { logicalScope: plan.scope } }))
  const isDecided =
    row?.epoch === epochsOf(plan).next && row.activeMember === plan.target.member && row.operationId === run.operationId
  if (!isDecided)
    throw new StepRefused(
      `The catalog does not name ${plan.target.member} at epoch ${epochsOf(plan).next}: nothing is rebuilt.`,
    )
}

async function untilStreaming(run: RebuildRun): Promise<void> {
  const giveUpAtMs = performance.now() + STREAMING_WITHIN_MS
  for (;;) {
    const found = await readReinstatement(run)
    if (found.found === 'done') return
    if (performance.now() > giveUpAtMs)
      throw new StepFailed(
        `${run.params.source.member} does not stream ${formatMs(STREAMING_WITHIN_MS)} after its rebuild.`,
      )
    await sleep(LOOK_EVERY_MS, undefined, { signal: run.signal })
  }
}

async function runbook({ deps, params: plan }: RebuildRun): Promise<string> {
  const { host, port, admin } = await deps.endpointOf(plan.target.member)
  return (
    `No host agent can rebuild ${plan.source.member}. On its machine: stop PostgreSQL, empty its data directory, run ` +
    `"pg_basebackup -h ${host} -p ${port} -U ${admin.user} -D <data directory> -R -X stream", keep cluster_name=homeport/${plan.source.member}/${plan.source.region}, start it, then press Retry here.`
  )
}

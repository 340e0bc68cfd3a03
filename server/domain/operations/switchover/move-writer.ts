import { formatMs } from '@/model/format'
import { ANNOUNCEMENT_CHANNEL, announce, announcementText, scopeAggregateId, type Tx } from '@/server/db'
import type { FenceReceipt } from '@/server/engines/contract'
import { type NoteAudit, type ReadBack, type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import {
  callOf,
  correlationOf,
  effect,
  epochsOf,
  failoverOf,
  looking,
  type MoveRun,
  stampOf,
  workflowActor,
} from '../switchover-deps'

/** The effect is in `commit`: the catalog decides, in the transaction that records that it did. */
export async function moveEpoch({ params: plan }: MoveRun): Promise<StepDone> {
  const { now, next } = epochsOf(plan)
  return {
    says: `Moved the write epoch of ${plan.scope} from ${now} to ${next}: ${plan.target.member} in ${plan.target.region} is the writer.`,
    output: { epoch: next.toString() },
  }
}

/**
 * The point of no return: a compare-and-set of the one row that says who may write. Whoever goes back compares the same
 * row, so exactly one of the two can ever happen; the caller's transaction has proven the lease.
 */
export async function commitEpoch(tx: Tx, run: MoveRun, _done: StepDone, audit: NoteAudit): Promise<void> {
  const { params: plan, operationId, deps } = run
  const { now, next } = epochsOf(plan)
  // Writers wait for this transaction: the news travels in the statement, and with the commit as all news does.
  const moved = await tx.$queryRaw<unknown[]>`
    WITH moved AS (
      UPDATE region_write_epoch SET epoch = ${next}, active_member = ${plan.target.member}, active_region = ${plan.target.region},
        status = 'SWITCHING', operation_id = ${operationId}::uuid, updated_at = now()
      WHERE logical_scope = ${plan.scope} AND epoch = ${now} AND active_member = ${plan.source.member}
      RETURNING epoch)
    SELECT epoch, pg_notify(${ANNOUNCEMENT_CHANNEL}, ${announcementText({ topic: 'routes', ids: [plan.scope] })})::text FROM moved`
  if (moved.length !== 1)
    throw new StepRefused(`The write epoch of ${plan.scope} is no longer ${now} with ${plan.source.member}.`)
  audit({
    actor: workflowActor(run),
    action: 'epoch.moved',
    aggregateType: 'region_write_epoch',
    aggregateId: scopeAggregateId(plan.scope),
    aggregateVersion: next,
    homeRegion: deps.vantageRegion,
    scope: plan.scope,
    epoch: next,
    correlationId: correlationOf(run),
    occurredAt: new Date(),
    detail: { from: now.toString(), to: next.toString(), member: plan.target.member, region: plan.target.region },
  })
}

export async function promoteBy(run: MoveRun, receipt: FenceReceipt): Promise<StepDone> {
  const { deps, params: plan } = run
  const { timeline, lsn } = await effect(
    failoverOf(deps).promote(await deps.endpointOf(plan.target.member), receipt, callOf(run)),
  )
  return { says: `Promoted ${plan.target.member}: timeline ${timeline} from ${lsn}.`, output: { timeline, lsn } }
}

export async function readPromotionBy(run: MoveRun, receipt: FenceReceipt): Promise<ReadBack> {
  const { params: plan } = run
  const report = await observeTarget(run)
  if (!report.reachable) return { found: 'unknown', says: `${plan.target.member} does not answer: ${report.detail}` }
  if (report.role === 'standby') return { found: 'not-done' }
  const isOfFamily = report.systemIdentifier === receipt.systemIdentifier && report.timeline > (receipt.timeline ?? 0)
  if (!isOfFamily)
    return {
      found: 'unknown',
      says: `${plan.target.member} is a primary on timeline ${report.timeline}, which is not expected.`,
    }
  const output = { timeline: report.timeline, lsn: report.lsn }
  return { found: 'done', says: `Found ${plan.target.member} promoted: timeline ${report.timeline}.`, output }
}

export async function openGate(run: MoveRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const { next } = epochsOf(plan)
  const stamp = { ...stampOf(run), epoch: next, region: plan.target.region }
  await effect(failoverOf(deps).openGate(await deps.endpointOf(plan.target.member), stamp, callOf(run)))
  return { says: `Opened the gate of ${plan.target.member} at epoch ${next}.` }
}

export async function readOpening(run: MoveRun): Promise<ReadBack> {
  const { params: plan } = run
  const { next } = epochsOf(plan)
  const report = await observeTarget(run)
  if (!report.reachable) return { found: 'unknown', says: `${plan.target.member} does not answer: ${report.detail}` }
  const gate = report.gate
  if (!gate) return { found: 'unknown', says: `${plan.target.member} shows no gate for ${plan.scope}.` }
  if (gate.epoch < next) return { found: 'not-done' }
  if (gate.epoch === next && gate.status === 'WRITABLE' && gate.region === plan.target.region)
    return { found: 'done', says: `Found the gate of ${plan.target.member} open at epoch ${next}.` }
  // The fence closed the source at the same epoch, and the target holds a copy of that row until it is opened.
  if (gate.epoch === next && gate.status === 'FENCED') return { found: 'not-done' }
  return { found: 'unknown', says: `The gate of ${plan.target.member} is ${gate.status} at epoch ${gate.epoch}.` }
}

/** Routers may send writers there from the moment at which the gate is open; the proof follows outside of the pause. */
export async function markTargetWritable(tx: Tx, { params: plan }: MoveRun): Promise<void> {
  const { next } = epochsOf(plan)
  await tx.$executeRaw`
    UPDATE region_write_epoch SET status = 'WRITABLE', updated_at = now()
    WHERE logical_scope = ${plan.scope} AND epoch = ${next} AND active_member = ${plan.target.member}`
  await announce(tx, { topic: 'routes', ids: [plan.scope] })
}

export async function proveWritable(run: MoveRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const stamp = { ...stampOf(run), epoch: epochsOf(plan).next }
  const { tookMs } = await looking(
    failoverOf(deps).proveWritable(await deps.endpointOf(plan.target.member), stamp, callOf(run)),
  )
  return {
    says: `${plan.target.member} accepted a canary write by the ordinary role in ${formatMs(tookMs)}.`,
    output: { tookMs },
  }
}

export async function tellRouters({ params: plan }: MoveRun): Promise<StepDone> {
  return { says: `Announced ${plan.target.region} at epoch ${epochsOf(plan).next} to every router that listens.` }
}

export async function announceRoutes(tx: Tx, { params: plan }: MoveRun): Promise<void> {
  const row = await tx.regionWriteEpoch.findUnique({ where: { logicalScope: plan.scope } })
  if (row?.status !== 'WRITABLE')
    throw new StepFailed(`The catalog holds ${plan.scope} as ${row?.status ?? 'missing'}.`)
  await announce(tx, { topic: 'routes', ids: [plan.scope] })
}

async function observeTarget({ deps, params, timeoutMs, signal }: MoveRun) {
  return deps.engine.observe(await deps.endpointOf(params.target.member), params.scope, { timeoutMs, signal })
}

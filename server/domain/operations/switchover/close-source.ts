import { randomUUID } from 'node:crypto'
import { counted, formatMs } from '@/model/format'
import { announce, appendAudit, scopeAggregateId, type Tx } from '@/server/db'
import type { CallOptions, FenceReceipt, LogEnd, MemberReport } from '@/server/engines/contract'
import { type NoteAudit, type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import {
  callOf,
  correlationOf,
  effect,
  epochsOf,
  failoverOf,
  type MoveRun,
  type SwitchoverRun,
  stampOf,
  workflowActor,
} from '../switchover-deps'
import { startAwaitingReplay } from './replay-ahead'

/** Output of the fence step: the receipt, as plain JSON, so that promotion needs no further question to the catalog. */
export type FenceOutput = {
  receiptId: string
  systemIdentifier: string
  timeline: number
  lsn: string
  refusalCode: string
  refusalSqlstate: string
  closedAt: string
  closeTookMs: number
}

/**
 * A prepared transaction could be committed after the fence, by anybody. The gate itself refuses to close over one; asking
 * first means that nobody has to wait for that refusal.
 */
export async function checkPrepared(run: SwitchoverRun): Promise<StepDone> {
  const { params: plan } = run
  const report = await observeSource(run)
  if (!report.reachable) throw new StepFailed(`${plan.source.member} did not answer: ${report.detail}`)
  if (report.preparedTransactions.length > 0)
    throw new StepRefused(
      `Prepared transactions are pending on ${plan.source.member}: ${report.preparedTransactions.join(', ')}. Commit or roll back each, then plan again.`,
    )
  return { says: `Found no prepared transaction on ${plan.source.member}.` }
}

/**
 * From the first moment newcomers are refused or queue behind the closing gate; those in flight have `drainMs` to end by
 * themselves. Closing and fencing are one change: a gate that was frozen first would cost writers a commit of the journal
 * and would be no easier to go back from.
 */
export async function fenceOldPrimary(run: SwitchoverRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const { next } = epochsOf(plan)
  const onClosed = (end: LogEnd) => startAwaitingReplay(run, end)
  const order = { ...stampOf(run), epoch: next, drainMs: plan.bounds.drainMs, onClosed }
  const proof = await effect(failoverOf(deps).fence(await deps.endpointOf(plan.source.member), order, callOf(run)))
  // The gate is closed, but what was prepared is not yet decided: without its outcome the position proves nothing.
  if (proof.preparedTransactions.length > 0)
    throw new Error(`Prepared transactions are pending behind the fence: ${proof.preparedTransactions.join(', ')}.`)
  const output: FenceOutput = {
    receiptId: randomUUID(),
    systemIdentifier: proof.systemIdentifier,
    timeline: proof.timeline,
    lsn: proof.lsn,
    refusalCode: proof.refusal.code,
    refusalSqlstate: proof.refusal.sqlstate,
    closedAt: proof.closedAt.toISOString(),
    closeTookMs: proof.closeTookMs,
  }
  const ended =
    proof.terminatedCount === 0
      ? 'every write in flight finished'
      : `${counted(proof.terminatedCount, 'session')} ended`
  return {
    says: `Fenced ${plan.source.member} at epoch ${next} in ${formatMs(proof.closeTookMs)}, ${ended}: a canary write was refused with ${proof.refusal.code}; every acknowledged write lies at or below WAL ${proof.lsn}.`,
    output,
  }
}

/** The receipt is stored in the transaction that records the fence: no step after it can run without one. */
export async function storeReceipt(tx: Tx, run: SwitchoverRun, done: StepDone, audit: NoteAudit): Promise<void> {
  const { params: plan, deps, operationId } = run
  const { next } = epochsOf(plan)
  const output = done.output as FenceOutput // written by fenceOldPrimary just above
  const evidence = {
    closedAt: output.closedAt,
    closeTookMs: output.closeTookMs,
    leaseEpoch: run.leaseEpoch.toString(),
  }
  // Writers wait for this transaction, and the typed client takes twice as long.
  await tx.$executeRaw`
    INSERT INTO fence_receipt (id, operation_id, scope, member_id, strength, epoch, system_identifier, timeline, lsn,
      refusal_code, refusal_sqlstate, vantage_region, evidence)
    VALUES (${output.receiptId}::uuid, ${operationId}::uuid, ${plan.scope}, ${plan.source.member}, 'PROVEN', ${next},
      ${output.systemIdentifier}, ${output.timeline}, ${output.lsn}, ${output.refusalCode}, ${output.refusalSqlstate},
      ${deps.vantageRegion}, ${JSON.stringify(evidence)}::jsonb)`
  audit({
    actor: workflowActor(run),
    action: 'fence.proven',
    aggregateType: 'fence_receipt',
    aggregateId: output.receiptId,
    homeRegion: deps.vantageRegion,
    scope: plan.scope,
    epoch: next,
    correlationId: correlationOf(run),
    occurredAt: new Date(output.closedAt),
    detail: { member: plan.source.member, epoch: next.toString(), lsn: output.lsn, timeline: output.timeline },
  })
}

/**
 * Going back from a fence never thaws. The catalog decides first: e to e+2 with the source as the writer. From then on no
 * worker, however late, can move the scope to the target, since that asks for e. Only then is the source opened, at e+2.
 */
export async function reopenSource(run: MoveRun): Promise<StepDone> {
  await run.transact((tx) => claimBack(tx, run))
  await run.halfway()
  return openSource(run)
}

export async function openSource(run: MoveRun, call: CallOptions = callOf(run)): Promise<StepDone> {
  const { deps, params: plan } = run
  const { back } = epochsOf(plan)
  const stamp = { ...stampOf(run), epoch: back, region: plan.source.region }
  await effect(failoverOf(deps).openGate(await deps.endpointOf(plan.source.member), stamp, call))
  return { says: `Opened the gate of ${plan.source.member} again, at epoch ${back}.` }
}

/** Idempotent. Refuses when the catalog names another writer: then nobody may open the source. */
export async function claimBack(tx: Tx, run: MoveRun): Promise<void> {
  const { params: plan, operationId, deps } = run
  const { now, back } = epochsOf(plan)
  const moved = await tx.$executeRaw`
    UPDATE region_write_epoch SET epoch = ${back}, status = 'SWITCHING', operation_id = ${operationId}::uuid, updated_at = now()
    WHERE logical_scope = ${plan.scope} AND epoch = ${now} AND active_member = ${plan.source.member}`
  if (moved === 0) {
    const row = await tx.regionWriteEpoch.findUnique({ where: { logicalScope: plan.scope } })
    const isOurs = row?.epoch === back && row.operationId === operationId && row.activeMember === plan.source.member
    if (isOurs) return
    throw new StepRefused(
      `The catalog is at epoch ${row?.epoch ?? 'none'} with ${row?.activeMember ?? 'no writer'}: the source must stay closed.`,
    )
  }
  await appendAudit(tx, {
    actor: workflowActor(run),
    action: 'epoch.moved',
    aggregateType: 'region_write_epoch',
    aggregateId: scopeAggregateId(plan.scope),
    aggregateVersion: back,
    homeRegion: deps.vantageRegion,
    scope: plan.scope,
    epoch: back,
    correlationId: correlationOf(run),
    occurredAt: new Date(),
    detail: { from: now.toString(), to: back.toString(), member: plan.source.member, region: plan.source.region },
  })
  await announce(tx, { topic: 'routes', ids: [plan.scope] })
}

export async function markSourceWritable(tx: Tx, { params: plan, operationId }: MoveRun): Promise<void> {
  await tx.$executeRaw`
    UPDATE region_write_epoch SET status = 'WRITABLE', updated_at = now()
    WHERE logical_scope = ${plan.scope} AND epoch = ${epochsOf(plan).back} AND operation_id = ${operationId}::uuid`
  await announce(tx, { topic: 'routes', ids: [plan.scope] })
}

export function receiptOf(run: SwitchoverRun): FenceReceipt {
  const output = run.outputOf<FenceOutput>('fence-old-primary')
  return {
    id: output.receiptId,
    strength: 'PROVEN',
    operationId: run.operationId,
    memberId: run.params.source.member,
    epoch: epochsOf(run.params).next,
    systemIdentifier: output.systemIdentifier,
    timeline: output.timeline,
    lsn: output.lsn,
  }
}

async function observeSource({ deps, params, timeoutMs, signal }: SwitchoverRun): Promise<MemberReport> {
  return deps.engine.observe(await deps.endpointOf(params.source.member), params.scope, { timeoutMs, signal })
}

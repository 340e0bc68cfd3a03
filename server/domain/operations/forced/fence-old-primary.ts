import { randomUUID } from 'node:crypto'
import { formatMs } from '@/model/format'
import type { FenceStrength } from '@/model/states'
import { appendAudit, type Tx } from '@/server/db'
import { type CallOptions, NotDone } from '@/server/engines/contract'
import { type StepDone, StepFailed } from '@/server/workflows'
import { correlationOf, epochsOf, failoverOf, stampOf, workflowActor } from '../switchover-deps'
import { awaitLeaseEnd } from './await-lease-end'
import type { ForcedFenceOutput, ForcedRun } from './forced-run'
import { CLOSE_MS_MAX, LEASE_WAIT_MS_MAX, POWER_OFF_MS_MAX } from './limits'
import { sayFailedMeans } from './say-failed-means'

/** Every means may be tried in one attempt. */
export const FENCE_MS_MAX = CLOSE_MS_MAX + POWER_OFF_MS_MAX + LEASE_WAIT_MS_MAX + 5_000

type Receipt = Omit<ForcedFenceOutput, 'receiptId'> & { says: string }
type Means = { strength: FenceStrength; timeoutMs: number; take(run: ForcedRun, call: CallOptions): Promise<Receipt> }

const means: readonly Means[] = [
  { strength: 'PROVEN', timeoutMs: CLOSE_MS_MAX, take: closeGate },
  { strength: 'POWERED_OFF', timeoutMs: POWER_OFF_MS_MAX, take: powerOff },
  { strength: 'LEASE_EXPIRED', timeoutMs: LEASE_WAIT_MS_MAX, take: outliveLease },
  { strength: 'DECLARED', timeoutMs: 0, take: declare },
]

/**
 * The strongest means first, until one gives a receipt. To close the gate is always tried; of the others only what the plan
 * named as possible, so that nothing weaker is taken than people approved. A means whose outcome nobody knows gives no receipt
 * and leaves a doubt, which the way back has to clear up.
 */
export async function fenceOldPrimary(run: ForcedRun): Promise<StepDone> {
  const approved = run.params.fence.means.filter((mean) => mean.isPossible).map(({ strength }) => strength)
  const failures: ReturnType<typeof sayFailedMeans>[] = []
  let isInDoubt = false
  for (const { strength, timeoutMs, take } of means) {
    if (strength !== 'PROVEN' && !approved.includes(strength)) continue
    try {
      const { says, ...receipt } = await take(run, { timeoutMs, signal: run.signal })
      const evidence = { ...receipt.evidence, ...saidLiterally(failures) }
      const output: ForcedFenceOutput = { receiptId: randomUUID(), ...receipt, evidence }
      return { says: [says, ...failures.map((failure) => failure.says)].join(' '), output }
    } catch (error) {
      run.signal.throwIfAborted()
      const isCertain = error instanceof NotDone || error instanceof StepFailed
      if (!isCertain) isInDoubt = true
      failures.push(sayFailedMeans(strength, error))
    }
  }
  const { engineSaid } = saidLiterally(failures)
  const literally = engineSaid === undefined ? '' : ` The engine said: “${engineSaid}”.`
  const says = `${run.params.source.member} is not fenced. ${failures.map((failure) => failure.says).join(' ')}${literally}`
  if (isInDoubt) throw new Error(says)
  throw new StepFailed(says)
}

async function closeGate(run: ForcedRun, call: CallOptions): Promise<Receipt> {
  const { deps, params: plan } = run
  const { next } = epochsOf(plan)
  const proof = await failoverOf(deps).fence(
    await deps.endpointOf(plan.source.member),
    { ...stampOf(run), epoch: next },
    call,
  )
  // The gate is closed, but what was prepared could still be committed by anybody: that proves nothing.
  if (proof.preparedTransactions.length > 0)
    throw new Error(`Prepared transactions are pending behind the fence: ${proof.preparedTransactions.join(', ')}.`)
  return {
    strength: 'PROVEN',
    closedAt: proof.closedAt.toISOString(),
    systemIdentifier: proof.systemIdentifier,
    timeline: proof.timeline,
    lsn: proof.lsn,
    refusalCode: proof.refusal.code,
    refusalSqlstate: proof.refusal.sqlstate,
    evidence: { closeTookMs: proof.closeTookMs },
    says: `Fenced ${plan.source.member} at epoch ${next} in ${formatMs(proof.closeTookMs)}: a canary write was refused with ${proof.refusal.code}; every acknowledged write lies at or below WAL ${proof.lsn}.`,
  }
}

async function powerOff(run: ForcedRun, call: CallOptions): Promise<Receipt> {
  const { deps, params: plan, operationId } = run
  if (!deps.fencingAgent) throw new NotDone('This worker has no fencing agent.')
  const { offAt, evidence } = await deps.fencingAgent.powerOff(plan.source.member, { operationId }, call)
  return {
    ...nothingSeen,
    strength: 'POWERED_OFF',
    closedAt: offAt.toISOString(),
    evidence: { ...evidence, agent: deps.fencingAgent.describes },
    says: `Switched ${plan.source.member} off at ${offAt.toISOString().slice(11, 23)}Z by the ${deps.fencingAgent.describes}; it stays off.`,
  }
}

async function outliveLease(run: ForcedRun, call: CallOptions): Promise<Receipt> {
  const { endedAt, basis, waitedMs } = await awaitLeaseEnd(run, call)
  return {
    ...nothingSeen,
    strength: 'LEASE_EXPIRED',
    closedAt: endedAt.toISOString(),
    evidence: { basis, waitedMs: Math.round(waitedMs) },
    says: `Waited ${formatMs(waitedMs)} until the write lease of ${run.params.source.member} had run out (${basis}).`,
  }
}

/** Whoever broke the glass, and another who confirmed this very plan: read from the catalog, since nothing else proves it. */
async function declare({ deps, params: plan, operationId }: ForcedRun): Promise<Receipt> {
  if (!plan.isBreakGlass || !plan.isDeclared) throw new NotDone('This plan does not declare it closed.')
  const confirmed = await deps.db.approval.findFirst({
    where: { decision: 'approve', personId: { not: plan.madeBy }, request: { operation: { id: operationId } } },
    orderBy: { decidedAt: 'asc' },
  })
  if (!confirmed) throw new NotDone(`Nobody but whoever broke the glass attests that ${plan.source.member} is closed.`)
  return {
    ...nothingSeen,
    strength: 'DECLARED',
    closedAt: null,
    evidence: { declaredBy: plan.madeBy, confirmedBy: confirmed.personId, finding: plan.finding.name },
    says: `Two people declared ${plan.source.member} closed. Nothing proves it.`,
  }
}

const nothingSeen = { systemIdentifier: null, timeline: null, lsn: null, refusalCode: null, refusalSqlstate: null }

/** Words replace nothing in the journal: what the engine wrote stands beside them. */
function saidLiterally(failures: readonly { raw: string | null }[]): { engineSaid?: string } {
  const said = failures.flatMap(({ raw }) => raw ?? [])
  return said.length === 0 ? {} : { engineSaid: said.join('; ') }
}

/** Stored in the transaction that records the fence, so that no step after it can run without a durable receipt. */
export async function storeForcedReceipt(tx: Tx, run: ForcedRun, done: StepDone): Promise<void> {
  const { params: plan, deps, operationId } = run
  const { next } = epochsOf(plan)
  const { receiptId, evidence, closedAt, ...facts } = done.output as ForcedFenceOutput // written by fenceOldPrimary just above
  await tx.fenceReceipt.create({
    data: {
      id: receiptId,
      operationId,
      scope: plan.scope,
      memberId: plan.source.member,
      epoch: next,
      ...facts,
      vantageRegion: deps.vantageRegion,
      evidence: { ...evidence, closedAt, leaseEpoch: run.leaseEpoch.toString() },
    },
  })
  await appendAudit(tx, {
    actor: workflowActor(run),
    action: facts.strength === 'PROVEN' ? 'fence.proven' : 'fence.obtained',
    aggregateType: 'fence_receipt',
    aggregateId: receiptId,
    homeRegion: deps.vantageRegion,
    scope: plan.scope,
    epoch: next,
    correlationId: correlationOf(run),
    occurredAt: closedAt === null ? new Date() : new Date(closedAt),
    detail: {
      member: plan.source.member,
      epoch: next.toString(),
      strength: facts.strength,
      lsn: facts.lsn,
      timeline: facts.timeline,
    },
  })
}

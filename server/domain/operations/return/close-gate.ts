import { randomUUID } from 'node:crypto'
import { formatMs } from '@/model/format'
import { announce, appendAudit, catalogNow, type Tx } from '@/server/db'
import { type MemberFacts, NotDone, OutcomeUnknown, type ProvenFence } from '@/server/engines/contract'
import { type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import { failoverOf } from '../switchover-deps'
import { type ReturnRun, returnActor, type StaleRow, staleOf } from './return-run'

export const CLOSE_GATE_MS_MAX = 10_000
const OBSERVE_MS = 2_000

/** `proof`: null where the ordinary role is not even let in, so that no canary could be refused by the gate. */
export type ClosingOutput = {
  epoch: string
  timeline: number
  lsn: string
  proof: { systemIdentifier: string; refusalCode: string; refusalSqlstate: string } | null
  closedAt: string
  /** When the newest heartbeat that it took was written, by our clock; null: it holds none. */
  lastHeartbeatAt: string | null
}

/**
 * The gate of the former primary is closed for good at the epoch that was taken from it, in the name of the failover that took it:
 * a fence that was proven then is found as it stands. One that somebody has opened by hand since is closed one epoch higher.
 */
export async function closeGate(run: ReturnRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const stale = await staleOf(deps.db, plan)
  await refuseWriter(run, stale)
  const endpoint = await deps.endpointOf(stale.memberId)
  const askedAtMs = Date.now()
  const seen = await deps.engine.observe(endpoint, stale.scope, { timeoutMs: OBSERVE_MS, signal: run.signal })
  if (!seen.reachable) throw new StepFailed(`${stale.memberId} does not answer: ${seen.detail}`)
  refuseStranger(stale, seen)
  const epoch = closingEpoch(stale, seen)
  const stamp = {
    scope: stale.scope,
    operationId: stale.operationId,
    leaseEpoch: await leaseEpochOf(run, stale),
    epoch,
  }
  const call = { timeoutMs: run.timeoutMs - OBSERVE_MS, signal: run.signal }
  const heartbeatAt = seen.heartbeatAgeMs === null ? null : new Date(askedAtMs - seen.heartbeatAgeMs).toISOString()
  try {
    const fence = await failoverOf(deps).fence(endpoint, stamp, call)
    return provenClosing(stale, fence, { epoch, heartbeatAt })
  } catch (error) {
    if (error instanceof NotDone) throw new StepFailed(error.says)
    if (!(error instanceof OutcomeUnknown)) throw error
    return closedWithoutCanary(run, stale, error, { epoch, heartbeatAt })
  }
}

type Closed = { epoch: bigint; heartbeatAt: string | null }

function provenClosing(stale: StaleRow, fence: ProvenFence, { epoch, heartbeatAt }: Closed): StepDone {
  if (fence.preparedTransactions.length > 0)
    throw new StepFailed(
      `Prepared transactions are pending behind the gate of ${stale.memberId}: ${fence.preparedTransactions.join(', ')}. Commit or roll back each.`,
    )
  const output: ClosingOutput = {
    epoch: epoch.toString(),
    timeline: fence.timeline,
    lsn: fence.lsn,
    proof: {
      systemIdentifier: fence.systemIdentifier,
      refusalCode: fence.refusal.code,
      refusalSqlstate: fence.refusal.sqlstate,
    },
    closedAt: fence.closedAt.toISOString(),
    lastHeartbeatAt: heartbeatAt,
  }
  return {
    says: `Closed the gate of ${stale.memberId} at epoch ${epoch} (${formatMs(fence.closeTookMs)}): a canary write was refused with ${fence.refusal.code}; every acknowledged write lies at or below WAL ${fence.lsn}.`,
    output,
  }
}

/** A server that lets nobody but the console in refuses the canary at its door. Its gate must stand closed all the same. */
async function closedWithoutCanary(
  run: ReturnRun,
  stale: StaleRow,
  error: OutcomeUnknown,
  { epoch, heartbeatAt }: Closed,
): Promise<StepDone> {
  const { isIsolated } = run.outputOf<{ isIsolated: boolean }>('bring-back-closed')
  const call = { timeoutMs: OBSERVE_MS, signal: run.signal }
  const seen = await run.deps.engine.observe(await run.deps.endpointOf(stale.memberId), stale.scope, call)
  const isClosed = seen.reachable && seen.gate?.status === 'FENCED' && seen.gate.epoch >= epoch
  if (!isIsolated || !isClosed) throw new Error(error.says, { cause: error })
  const output: ClosingOutput = {
    epoch: epoch.toString(),
    timeline: seen.timeline,
    lsn: seen.lsn,
    proof: null,
    closedAt: (await catalogNow(run.deps.db)).toISOString(),
    lastHeartbeatAt: heartbeatAt,
  }
  return {
    says: `Closed the gate of ${stale.memberId} at epoch ${epoch}; the ordinary role is not let in at all; every acknowledged write lies at or below WAL ${seen.lsn}.`,
    output,
  }
}

/** Whoever takes the writes by the catalog is nobody's returning server, whatever an old record says. */
async function refuseWriter({ deps }: ReturnRun, stale: StaleRow): Promise<void> {
  const row = await deps.db.regionWriteEpoch.findUnique({ where: { logicalScope: stale.scope } })
  if (!row || row.activeMember === stale.memberId)
    throw new StepRefused(`The catalog names ${row?.activeMember ?? 'nobody'} as the writer: its gate is left alone.`)
}

function refuseStranger(stale: StaleRow, seen: MemberFacts): void {
  if (stale.systemIdentifier !== null && seen.systemIdentifier !== stale.systemIdentifier)
    throw new StepRefused(
      `Another server answers at the address of ${stale.memberId}: system ${seen.systemIdentifier}, not ${stale.systemIdentifier}.`,
    )
  if (seen.role === 'standby')
    throw new StepRefused(`${stale.memberId} is a standby now: what it wrote on its own is no longer there.`)
}

/** A gate at a higher epoch was opened behind our back; closing goes up, never down. */
function closingEpoch(stale: StaleRow, { gate }: MemberFacts): bigint {
  if (!gate || gate.epoch < stale.fencedEpoch) return stale.fencedEpoch
  const isOurs = gate.status === 'FENCED' && gate.operationId === stale.operationId
  return isOurs ? gate.epoch : gate.epoch + 1n
}

/**
 * The order is given in the failover's name, so it must outrank the last worker of the failover and of every earlier return. Lease
 * epochs only rise, and one return runs at a time: their sum is higher than any of them was when it gave its orders.
 */
async function leaseEpochOf(run: ReturnRun, stale: StaleRow): Promise<bigint> {
  const [row] = await run.deps.db.$queryRaw<{ sum: bigint }[]>`
    SELECT coalesce(sum(lease_epoch), 0)::bigint AS sum FROM operation
     WHERE id = ${stale.operationId}::uuid OR (scope = ${run.params.scope} AND id <> ${run.operationId}::uuid)`
  return (row?.sum ?? 0n) + run.leaseEpoch
}

/** Closed for good, with its receipt where there is a proof, in the transaction that records the step. */
export async function recordClosing(tx: Tx, run: ReturnRun, done: StepDone): Promise<void> {
  const { deps, params: plan, operationId } = run
  const stale = await staleOf(tx, plan)
  const closing = done.output as ClosingOutput // written by closeGate just above
  const closedAt = new Date(closing.closedAt)
  await tx.staleServer.update({
    where: { id: stale.id },
    data: {
      status: stale.status === 'extracted' ? stale.status : 'closed',
      closedAt: stale.closedAt ?? (await catalogNow(tx)),
      returnedAt: stale.returnedAt ?? run.timeOf('bring-back-closed', 'started'),
      says: done.says,
    },
  })
  const receiptId = randomUUID()
  if (closing.proof)
    await tx.fenceReceipt.create({
      data: {
        id: receiptId,
        operationId,
        scope: stale.scope,
        memberId: stale.memberId,
        strength: 'PROVEN',
        epoch: BigInt(closing.epoch),
        timeline: closing.timeline,
        lsn: closing.lsn,
        ...closing.proof,
        vantageRegion: deps.vantageRegion,
        evidence: { closedAt: closing.closedAt, failover: stale.operationId },
      },
    })
  await appendAudit(tx, {
    actor: returnActor,
    action: closing.proof ? 'fence.proven' : 'fence.obtained',
    aggregateType: 'stale_server',
    aggregateId: stale.id,
    homeRegion: deps.vantageRegion,
    scope: stale.scope,
    epoch: BigInt(closing.epoch),
    correlationId: stale.operationId,
    causationId: operationId,
    occurredAt: closedAt,
    detail: {
      member: stale.memberId,
      epoch: closing.epoch,
      strength: closing.proof ? 'PROVEN' : 'POWERED_OFF',
      lsn: closing.lsn,
      timeline: closing.timeline,
    },
  })
  await announce(tx, { topic: 'operations', ids: [stale.id] })
}

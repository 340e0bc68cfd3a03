import { joinSentences } from '@/model/join-sentences'
import { announce, appendAudit, catalogNow, type Tx } from '@/server/db'
import { type StepDone, StepFailed, StepRefused } from '@/server/workflows'
import { describeDrift } from '../decide-drift'
import { refuseUnapprovedRun } from '../switchover/recheck-plan'
import { readReinstatement, rebuildStandby } from '../switchover/reinstate-source'
import { judgeReinstatement } from './plan-reinstatement'
import { readReinstating } from './read-reinstating'
import { type ReinstatementRun, returnActor, staleOf } from './return-run'

/** What was approved, to the letter, and still true. */
export async function recheckReinstatement(run: ReinstatementRun): Promise<StepDone> {
  const { deps, params: plan, operationId } = run
  const { requestId } = await refuseUnapprovedRun(run)
  const given = await readReinstating(deps.db, plan.staleServerId, { exceptOperationId: operationId })
  if (!given) throw new StepRefused('The record of the server that was left behind is gone.')
  const { drift, unknown } = judgeReinstatement(plan, given, plan.steps)
  if (drift.length > 0) throw new StepRefused(`The world no longer matches the plan: ${describeDrift(drift)}`)
  if (unknown.length > 0)
    throw new StepFailed(`Not everything can be verified: ${joinSentences(unknown.map(({ says }) => says))}`)
  return {
    says: `Found ${plan.source.member} read out and ${plan.target.member} taking writes at epoch ${plan.epoch.from}.`,
    output: { requestId },
  }
}

/** The effect is in the commit: the record says that the server's contents are no longer needed. */
export async function giveUpContents({ params: plan }: ReinstatementRun): Promise<StepDone> {
  return {
    says: `Gave up what ${plan.source.member} holds: its ${plan.ledger.lostWriteCount} unreplicated rows lie in the ledger.`,
  }
}

/** Under a lock on the record: what was read out once stays so, and whoever is the writer now is not emptied. */
export async function recordGivingUp(tx: Tx, { params: plan }: ReinstatementRun): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM stale_server WHERE id = ${plan.staleServerId}::uuid FOR UPDATE`
  const stale = await staleOf(tx, plan)
  if (stale.status !== 'extracted' || stale.memberId !== plan.source.member)
    throw new StepRefused(`${plan.source.member} is ${stale.status}: nothing is emptied.`)
  const writer = await tx.regionWriteEpoch.findUnique({ where: { logicalScope: stale.scope } })
  if (writer?.activeMember !== plan.target.member || String(writer.epoch) !== plan.epoch.from)
    throw new StepRefused(
      `The catalog no longer names ${plan.target.member} at epoch ${plan.epoch.from}: nothing is emptied.`,
    )
}

export async function rebuildServer(run: ReinstatementRun): Promise<StepDone> {
  const found = await readReinstatement(run)
  if (found.found === 'done') return found
  await run.transact((tx) => refuseWriter(tx, run)) // proves the lease, too, before anything is destroyed
  return rebuildStandby(run)
}

async function refuseWriter(tx: Tx, { params: plan }: ReinstatementRun): Promise<void> {
  const { scope } = await staleOf(tx, plan)
  const writer = await tx.regionWriteEpoch.findUnique({ where: { logicalScope: scope } })
  if (!writer || writer.activeMember !== plan.target.member)
    throw new StepRefused(
      `${writer?.activeMember ?? 'Nobody'} is the writer now, not ${plan.target.member}: nothing is emptied.`,
    )
}

export async function recordRebuild(tx: Tx, run: ReinstatementRun, done: StepDone): Promise<void> {
  const { deps, params: plan, operationId } = run
  const stale = await staleOf(tx, plan)
  const now = await catalogNow(tx)
  await tx.staleServer.update({ where: { id: stale.id }, data: { status: 'rebuilt', rebuiltAt: now, says: done.says } })
  await appendAudit(tx, {
    actor: returnActor,
    action: 'stale-server.rebuilt',
    aggregateType: 'stale_server',
    aggregateId: stale.id,
    homeRegion: deps.vantageRegion,
    scope: stale.scope,
    epoch: BigInt(plan.epoch.from),
    correlationId: stale.operationId,
    causationId: operationId,
    occurredAt: now,
    detail: { member: stale.memberId, source: plan.target.member },
  })
  await announce(tx, { topic: 'operations', ids: [stale.id] })
}

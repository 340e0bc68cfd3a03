import { z } from 'zod'
import { counted } from '@/model/format'
import { paths } from '@/model/paths'
import { announce, appendAudit, catalogNow, type Db, type Tx } from '@/server/db'
import type { StepDone } from '@/server/workflows'
import { raiseAlert } from '../../alerts'
import type { ClosingOutput } from './close-gate'
import { decideActualLoss, keptHeartbeatOf } from './decide-actual-loss'
import { type ReturnRun, returnActor, staleOf } from './return-run'

export type ReturnSummary = { lostWriteCount: number; lossSecondsActual: number | null }

/** What was really lost, beside what was feared. */
export async function sumUp(run: ReturnRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const stale = await staleOf(deps.db, plan)
  const lostWriteCount = await deps.db.unreplicatedWrite.count({ where: { staleServerId: stale.id } })
  const { lastHeartbeatAt } = run.outputOf<ClosingOutput>('close-gate')
  const journal = await readFailoverJournal(deps.db, stale.operationId)
  const lossSecondsActual = decideActualLoss({
    lostWriteCount,
    isComplete: journal.isComplete,
    keptHeartbeatAt: keptHeartbeatOf(journal),
    lastHeartbeatAt: lastHeartbeatAt === null ? null : new Date(lastHeartbeatAt),
  })
  const estimate = stale.lossSecondsEstimate
  const output: ReturnSummary = { lostWriteCount, lossSecondsActual }
  return {
    says: `${counted(lostWriteCount, 'write was', 'writes were')} lost${lossSecondsActual === null ? '' : `, of the last ${lossSecondsActual} s`}; ${estimate === null ? 'no bound had been named' : `the bound was ${estimate} s`}.`,
    output,
  }
}

const Recheck = z.object({ lastAckAt: z.string().nullable() }).catch({ lastAckAt: null })
const Fence = z.object({ closedAt: z.string().nullable() }).catch({ closedAt: null })
const Drain = z
  .object({ isComplete: z.boolean(), lossSeconds: z.number().nullable() })
  .catch({ isComplete: false, lossSeconds: null })

/** Three outputs of the failover's journal; a failover of another version may lack them, and then nothing is made up. */
async function readFailoverJournal(db: Db, failoverId: string) {
  const steps = await db.operationStep.findMany({
    where: { operationId: failoverId, name: { in: ['recheck-plan', 'fence-old-primary', 'drain-target'] } },
    select: { name: true, output: true },
  })
  const outputOf = (name: string) => steps.find((step) => step.name === name)?.output ?? null
  return {
    ...Recheck.parse(outputOf('recheck-plan')),
    ...Fence.parse(outputOf('fence-old-primary')),
    ...Drain.parse(outputOf('drain-target')),
  }
}

/** The end of the return: the ledger is whole from here on, and the server may be emptied once people agree. */
export async function recordReturn(tx: Tx, run: ReturnRun, done: StepDone): Promise<void> {
  const { deps, params: plan, operationId } = run
  const stale = await staleOf(tx, plan)
  const { lostWriteCount, lossSecondsActual } = done.output as ReturnSummary // written by sumUp just above
  const now = await catalogNow(tx)
  await tx.staleServer.update({
    where: { id: stale.id },
    data: { status: 'extracted', extractedAt: now, lostWriteCount, lossSecondsActual, says: done.says },
  })
  await appendAudit(tx, {
    actor: returnActor,
    action: 'stale-server.read-out',
    aggregateType: 'stale_server',
    aggregateId: stale.id,
    homeRegion: deps.vantageRegion,
    scope: stale.scope,
    epoch: stale.fencedEpoch,
    correlationId: stale.operationId,
    causationId: operationId,
    occurredAt: now,
    detail: {
      member: stale.memberId,
      lostWriteCount,
      lossSecondsActual,
      lossSecondsEstimate: stale.lossSecondsEstimate,
    },
  })
  const undecided = await tx.crossRegionConflictCase.count({ where: { staleServerId: stale.id, status: 'OPEN' } })
  if (undecided > 0)
    await raiseAlert(tx, {
      kind: 'undecided-conflicts',
      severity: 'warning',
      dedupeKey: `undecided-conflicts:${stale.id}`,
      scope: stale.scope,
      cellId: stale.cellId,
      says: `${counted(undecided, 'write')} of ${stale.memberId} never reached ${stale.newPrimary}: decide which row counts.`,
      facts: { path: paths.staleServer({ id: stale.id }), count: undecided },
      actor: returnActor,
      homeRegion: deps.vantageRegion,
    })
  await announce(tx, { topic: 'operations', ids: [stale.id] })
}

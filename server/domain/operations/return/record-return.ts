import { openConflictStates, undecidedConflictsKey } from '@/model/conflict-states'
import { counted } from '@/model/format'
import { paths } from '@/model/paths'
import { announce, appendAudit, catalogNow, type Tx } from '@/server/db'
import type { StepDone } from '@/server/workflows'
import { raiseAlert } from '../../alerts'
import type { ClosingOutput } from './close-gate'
import { decideActualLoss } from './decide-actual-loss'
import { readFailoverJournal } from './failover-journal'
import { type ReturnRun, returnActor, staleOf } from './return-run'

/** `lossSecondsActual`: at the least; at the most it is the estimate of the failover. Null is not known. */
export type ReturnSummary = { lostWriteCount: number; lossSecondsActual: number | null }

/** What was really lost, beside what was feared. */
export async function sumUp(run: ReturnRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const stale = await staleOf(deps.db, plan)
  const lostWriteCount = await deps.db.unreplicatedWrite.count({ where: { staleServerId: stale.id } })
  const { lastHeartbeatAt } = run.outputOf<ClosingOutput>('close-gate')
  const { isComplete, keptHeartbeatAt } = await readFailoverJournal(deps.db, stale.operationId)
  const lossSecondsActual = decideActualLoss({
    lostWriteCount,
    isComplete,
    keptHeartbeatAt: keptHeartbeatAt === null ? null : new Date(keptHeartbeatAt),
    lastHeartbeatAt: lastHeartbeatAt === null ? null : new Date(lastHeartbeatAt),
  })
  const estimate = stale.lossSecondsEstimate
  const output: ReturnSummary = { lostWriteCount, lossSecondsActual }
  return {
    says: `${counted(lostWriteCount, 'row was', 'rows were')} lost${lostWriteCount === 0 ? '' : `, ${sayRange(lossSecondsActual, estimate)}`}.`,
    output,
  }
}

function sayRange(atLeast: number | null, atMost: number | null): string {
  const known = [atLeast !== null && atLeast > 0 && `at least ${atLeast} s`, atMost !== null && `at most ${atMost} s`]
  const says = known.filter((part) => part !== false).join(' and ')
  return says === '' ? 'of a time that nobody knows' : `${says} of writes`
}

/** The end of the return: the ledger is whole from here on, and the server may be emptied once people agree. */
export async function recordReturn(tx: Tx, run: ReturnRun, done: StepDone): Promise<void> {
  const { deps, params: plan, operationId } = run
  const stale = await staleOf(tx, plan)
  const { lostWriteCount, lossSecondsActual } = done.output as ReturnSummary // written by sumUp just above
  const now = await catalogNow(tx)
  // This locks the server's row, which whoever decides cases locks too: the rows that are open are counted below, after it.
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
  const undecided = await tx.crossRegionConflictCase.count({
    where: { staleServerId: stale.id, status: { in: [...openConflictStates] } },
  })
  if (undecided > 0)
    await raiseAlert(tx, {
      kind: 'undecided-conflicts',
      severity: 'warning',
      dedupeKey: undecidedConflictsKey(stale.id),
      scope: stale.scope,
      cellId: stale.cellId,
      says: `${counted(undecided, 'row')} of ${stale.memberId} never reached ${stale.newPrimary}: decide which row counts.`,
      facts: { path: paths.staleServer({ id: stale.id }), count: undecided },
      actor: returnActor,
      homeRegion: deps.vantageRegion,
    })
  await announce(tx, { topic: 'operations', ids: [stale.id] })
}

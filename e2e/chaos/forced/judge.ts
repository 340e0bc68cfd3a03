import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import type { Db } from '@/server/db'
import { getReplication, listCells } from '@/server/domain/estate'
import type { ForcedCell } from '@/server/domain/operations/forced/testing-forced'
import type { OperationRecord } from '@/server/workflows'
import { historyViolations, restViolations } from '@/server/workflows/history'

/** Asked again after a pause, so they may be done again. */
const REPEATED: ReadonlySet<string> = new Set(['recheck-plan', 'warm-up'])
/** No lag may be called healthy, and no server fresh and reachable, this long after it was last possible to see it. */
export const TRUTH_WITHIN_MS = 12_000
const WINDOW_MS = 60_000

/** I5 to I7 and I12, from the journal and the audit trail: whatever kind of operation, and however it ended. */
export async function journalViolations(db: Db, operation: OperationRecord): Promise<string[]> {
  return [
    ...restViolations(operation),
    ...(await historyViolations(db, operation)),
    ...(await unplacedEvents(db)),
    ...(await stepsViolations(db, operation)),
  ]
}

/** I7: every event has its place in the order, or awaits it. */
export async function unplacedEvents(db: Db): Promise<string[]> {
  const [row] = await db.$queryRaw<{ lost: bigint }[]>`
    SELECT count(*) AS lost FROM global_audit_event e
    WHERE NOT EXISTS (SELECT FROM audit_inbox i WHERE i.audit_event_id = e.audit_event_id)
      AND NOT EXISTS (SELECT FROM audit_sequence s WHERE s.audit_event_id = e.audit_event_id)`
  return Number(row!.lost) > 0 ? [`${row!.lost} audit events have no place in the order and await none.`] : []
}

/** A step is told as done once, and nothing is promoted before its receipt is durable. */
async function stepsViolations(db: Db, { id, kind, steps, status, scope, params }: OperationRecord): Promise<string[]> {
  const done = await db.globalAuditEvent.findMany({
    where: { aggregateId: id, actionType: 'operation.step-done' },
    select: { metadata: true },
  })
  const told = done.map(({ metadata }) => String((metadata as { step?: string }).step))
  const twice = told.filter((step, index) => told.indexOf(step) !== index && !REPEATED.has(step))
  const found = twice.map((step) => `${step} is told as done twice.`)
  if (kind !== 'forced-failover') return found
  const at = (name: string, edge: 'startedAt' | 'finishedAt') =>
    steps.find((step) => step.name === name)?.[edge]?.getTime() ?? Number.NaN
  if (status === 'done' && !(at('fence-old-primary', 'finishedAt') <= at('promote-target', 'startedAt')))
    found.push('The target was promoted before the fence was recorded.')
  const epoch = BigInt((params as ForcedFailoverPlan).epoch.to) // the journal keeps the plan's body
  const moves = await db.globalAuditEvent.count({ where: { actionType: 'epoch.moved', scope, epoch } })
  if (moves !== (status === 'done' ? 1 : 0)) found.push(`${moves} moves of the epoch to ${epoch} are told.`)
  return found
}

/**
 * I3 and I13, once the old primary was read out: the ledger names exactly the rows that only the old server holds; every
 * acknowledged write that the new primary lacks is among them, and each of the others is one whose answer was lost.
 */
export async function tailViolations(cell: ForcedCell, staleServerId: string, epoch: bigint): Promise<string[]> {
  const { db, base, writer } = cell
  const stale = await db.staleServer.findUniqueOrThrow({ where: { id: staleServerId } })
  const writes = await db.unreplicatedWrite.findMany({
    where: { staleServerId },
    select: { tableName: true, rowKey: true },
  })
  const ledger = writes
    .filter(({ tableName }) => tableName.endsWith('record') && !tableName.endsWith('heartbeat'))
    .map(({ rowKey }) => (JSON.parse(rowKey) as { id: number }).id)
    .map(Number)
  const named = new Set(ledger)
  const [old, ours] = [await base.storedRows(stale.memberId), await base.storedRows(stale.newPrimary)]
  const oursIds = new Set(ours.map(({ id }) => id))
  const oldIds = new Set(old.map(({ id }) => id))
  const onlyOld = [...oldIds].filter((id) => !oursIds.has(id))
  const lostAcks = writer.acks.filter((ack) => ack.epoch <= epoch && oldIds.has(ack.id) && !oursIds.has(ack.id))
  const gone = writer.acks.filter((ack) => ack.epoch === epoch && !oldIds.has(ack.id) && !oursIds.has(ack.id))
  const acked = new Set(writer.acks.map(({ id }) => id))
  const unheard = ledger.filter((id) => !acked.has(id) && !writer.unanswered.has(id) && !isPreparedId(id))
  const missing = onlyOld.filter((id) => !named.has(id))
  const extra = ledger.filter((id) => oursIds.has(id))
  const found: string[] = []
  if (named.size !== ledger.length) found.push('The ledger names a row twice.')
  if (missing.length > 0)
    found.push(`${missing.length} rows that only the old primary holds are not in the ledger, first ${missing[0]}.`)
  if (extra.length > 0) found.push(`${extra.length} rows of the ledger are on the new primary, first ${extra[0]}.`)
  if (gone.length > 0) found.push(`${gone.length} acknowledged writes are on neither server, first ${gone[0]!.id}.`)
  if (lostAcks.some(({ id }) => !named.has(id))) found.push('An acknowledged lost write is not in the ledger.')
  if (unheard.length > 0)
    found.push(`${unheard.length} rows of the ledger were never sent by the application, first ${unheard[0]}.`)
  if (stale.lostWriteCount !== null && stale.lostWriteCount !== writes.length)
    found.push(`${stale.lostWriteCount} lost writes are shown, ${writes.length} are in the ledger.`)
  const { lossSecondsActual: actual, lossSecondsEstimate: estimate } = stale
  if (actual !== null && estimate !== null && actual > estimate)
    found.push(`${actual} s are shown as lost, and the bound was ${estimate} s.`)
  return found
}

/** Ids of rows that were prepared and never acknowledged; far from those of the application. */
export const PREPARED_IDS_FROM = 2_000_000_000
function isPreparedId(id: number): boolean {
  return id >= PREPARED_IDS_FROM
}

/** I13: while nothing can be seen of the primary, neither it nor the lag behind it is shown as healthy. */
export async function truthViolations(cell: ForcedCell, source: string): Promise<string[]> {
  const ctx = cell.base.ctxOf('operator')
  const [{ lags }, cells] = await Promise.all([getReplication(ctx, { windowMs: WINDOW_MS }), listCells(ctx)])
  const found = lags
    .filter((lag) => lag.sourceMember === source && lag.status === 'ok')
    .map((lag) => `The lag of ${lag.targetMember} behind ${source} is shown as healthy (${lag.heartbeatAgeMs} ms).`)
  for (const member of cells.flatMap(({ members }) => members))
    if (member.id === source && member.status === 'ok') found.push(`${source} is shown as healthy.`)
  return found
}

/** Whether a violation tells of two epochs that took writes at once. */
export function isOverlap(violation: string): boolean {
  return violation.includes('of an old epoch came after')
}

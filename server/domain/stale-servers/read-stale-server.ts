import { DomainError } from '@/model/errors'
import type { StaleServerSummary } from '@/model/schemas/stale-servers'
import { scopeOfReturn } from '@/model/scope-of-return'
import type { StaleState } from '@/model/stale-states'
import { activeOperationStates, fenceStrengths } from '@/model/states'
import type { Db, Tx } from '@/server/db'

export type StaleRow = NonNullable<Awaited<ReturnType<Db['staleServer']['findUnique']>>>

export async function findStaleServer(db: Db | Tx, id: string): Promise<StaleRow> {
  const row = await db.staleServer.findUnique({ where: { id } })
  if (!row) throw new DomainError('not-found', 'There is no such server.')
  return row
}

export function summaryOf(row: StaleRow, region: string, openConflictCount: number): StaleServerSummary {
  return {
    id: row.id,
    cellId: row.cellId,
    member: row.memberId,
    region,
    status: row.status as StaleState, // the database's CHECK is this list
    says: row.says,
    epoch: row.epoch.toString(),
    fencedEpoch: row.fencedEpoch.toString(),
    leftAt: row.leftAt.toISOString(),
    lostWriteCount: row.lostWriteCount,
    openConflictCount,
    loss: { estimateSeconds: row.lossSecondsEstimate, actualSeconds: row.lossSecondsActual },
  }
}

/** How it was fenced when it was left behind: the strongest receipt of that failover, of which there is one for each strength. */
export async function findFence(db: Db | Tx, { operationId, memberId }: Pick<StaleRow, 'operationId' | 'memberId'>) {
  const receipts = await db.fenceReceipt.findMany({ where: { operationId, memberId } })
  const byStrength = Object.keys(fenceStrengths).map((strength) => receipts.find((one) => one.strength === strength))
  return byStrength.find((receipt) => receipt !== undefined) ?? null
}

/** Null when a person may bring it back now: only what the console switched off is switched on by it. */
export async function whyNotBringBack(db: Db | Tx, id: string): Promise<string | null> {
  const row = await findStaleServer(db, id)
  if (row.status !== 'away')
    return `${row.memberId} is ${row.status === 'extracted' ? 'read out' : row.status} already.`
  const { operationId, memberId } = row
  if ((await db.fenceReceipt.count({ where: { operationId, memberId, strength: 'POWERED_OFF' } })) === 0)
    return `${row.memberId} was not switched off by the console: it is closed by itself as soon as it answers.`
  const active = { scope: scopeOfReturn(row.memberId), status: { in: [...activeOperationStates] } }
  if ((await db.operation.count({ where: active })) > 0) return 'It is being brought back right now.'
  return null
}

/** Null when a rebuild may be asked for: the dry run says the rest. */
export function whyNotReinstate(row: Pick<StaleRow, 'status' | 'memberId'>): string | null {
  if (row.status === 'extracted') return null
  if (row.status === 'rebuilt') return `${row.memberId} is a standby again.`
  if (row.status === 'lost') return `${row.memberId} was given up.`
  return `${row.memberId} is not read out yet: what it wrote on its own would be destroyed.`
}

import type { ReinstatementPlan, ReturnPlan } from '@/model/schemas/plans'
import type { Actor, Db, Tx } from '@/server/db'
import { StepRefused, type StepRun } from '@/server/workflows'
import type { SwitchoverDeps } from '../switchover-deps'

/**
 * What happens to a server that a failover left behind: it is closed, read out, and rebuilt once people agree. Invariants:
 * nothing here ever opens a gate or moves an epoch; a server is emptied only after its tail lies in the ledger; rows stay in
 * the cell's own databases, and the catalog gets keys, hashes and names of columns.
 */
export type ReturnRun = StepRun<ReturnPlan, SwitchoverDeps>
export type ReinstatementRun = StepRun<ReinstatementPlan, SwitchoverDeps>
export type StaleRow = NonNullable<Awaited<ReturnType<Db['staleServer']['findUnique']>>>

export const returnActor: Actor = { kind: 'worker', name: 'return' }

export async function staleOf(db: Db | Tx, { staleServerId }: { staleServerId: string }): Promise<StaleRow> {
  const row = await db.staleServer.findUnique({ where: { id: staleServerId } })
  if (!row) throw new StepRefused('The record of the server that was left behind is gone.')
  return row
}

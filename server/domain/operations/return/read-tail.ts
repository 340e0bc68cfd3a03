import { counted } from '@/model/format'
import type { TailRow } from '@/server/engines/contract'
import { type StepDone, StepRefused } from '@/server/workflows'
import { failoverOf, looking } from '../switchover-deps'
import { type ReturnRun, type StaleRow, staleOf } from './return-run'
import { storeTail } from './store-tail'

export const READ_TAIL_MS_MAX = 15 * 60_000
/** One transaction each: short enough that nothing waits for it, and a lost worker repeats little. */
const ROWS_A_BATCH = 500

export type TailOutput = { storedCount: number }

/**
 * Everything that the former primary holds and its successor never saw, into the ledger and one conflict case a row. Runs again
 * safely: the engine tells the same story, and a row that is stored already stays as it is.
 */
export async function readTail(run: ReturnRun): Promise<StepDone> {
  const { deps, params: plan } = run
  const stale = await staleOf(deps.db, plan)
  const writer = await deps.db.regionWriteEpoch.findUniqueOrThrow({ where: { logicalScope: stale.scope } })
  if (stale.divergenceSnapshot === null || stale.divergenceLsn === null)
    throw new StepRefused(
      `Nobody noted where ${writer.activeMember} left ${stale.memberId} behind: the tail cannot be told apart.`,
    )
  const divergence = { operationId: stale.operationId, snapshot: stale.divergenceSnapshot, lsn: stale.divergenceLsn }
  const [old, successor] = [await deps.endpointOf(stale.memberId), await deps.endpointOf(writer.activeMember)]
  const call = { timeoutMs: run.timeoutMs, signal: run.signal }
  const rows = failoverOf(deps).readTail(old, successor, divergence, call)
  const storedCount = await looking(storeAll(run, stale, writer.activeRegion, rows))
  return {
    says:
      storedCount === 0
        ? `${stale.memberId} wrote nothing that ${writer.activeMember} lacks.`
        : `Found ${counted(storedCount, 'row')} of ${stale.memberId} that ${writer.activeMember} never saw; the rows lie in homeport.unreplicated_write on ${writer.activeMember}.`,
    output: { storedCount } satisfies TailOutput,
  }
}

async function storeAll(
  run: ReturnRun,
  stale: StaleRow,
  homeRegion: string,
  rows: AsyncIterable<TailRow>,
): Promise<number> {
  let batch: TailRow[] = []
  let count = 0
  const flush = async () => {
    const full = batch
    batch = []
    count += full.length
    const place = { homeRegion, conflictingRegion: run.params.source.region }
    if (full.length > 0) await run.transact((tx) => storeTail(tx, stale, full, place))
  }
  for await (const row of rows) {
    batch.push(row)
    if (batch.length >= ROWS_A_BATCH) await flush()
  }
  await flush()
  return count
}

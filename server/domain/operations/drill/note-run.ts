import type { Tx } from '@/server/db'

/** A drill that went through starts its schedule's next period, whoever started it. */
export async function noteRun(
  tx: Tx,
  { cellId, kind, operationId }: { cellId: string; kind: 'drill-clone' | 'drill-switchover'; operationId: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE drill_schedule SET last_run_id = ${operationId}::uuid, next_at = clock_timestamp() + every_days * interval '1 day'
     WHERE cell_id = ${cellId} AND kind = ${kind} AND ended_at IS NULL`
}

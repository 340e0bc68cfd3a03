import { z } from 'zod'
import type { Db } from '@/server/db'
import { bytesBetween } from '../forced/positions'
import type { StaleRow } from './return-run'

const Drain = z
  .object({
    isComplete: z.boolean(),
    lossBasis: z.string().nullable(),
    keptHeartbeatAt: z.string().nullable().default(null),
  })
  .catch({ isComplete: false, lossBasis: null, keptHeartbeatAt: null })

/** What the failover's journal says of its loss; a failover of another version may lack it, and then nothing is made up. */
export async function readFailoverJournal(db: Db, failoverId: string) {
  const drained = await db.operationStep.findFirst({
    where: { operationId: failoverId, name: 'drain-target' },
    select: { output: true },
  })
  return Drain.parse(drained?.output ?? null)
}

const Closing = z.object({ timeline: z.int(), lsn: z.string() })

/**
 * How much log a server that was read out holds beyond the place where the logs part, in bytes: everything that it wrote, its
 * restarts and the closing of its gate too. `returnIds`: its returns, the newest first. Null: not read out, or not comparable.
 */
export async function readLogBeyond(db: Db, stale: StaleRow, returnIds: readonly string[]): Promise<bigint | null> {
  if (stale.extractedAt === null) return null
  const steps = await db.operationStep.findMany({
    where: { operationId: { in: [...returnIds] }, name: 'close-gate' },
    select: { operationId: true, output: true },
  })
  for (const id of returnIds) {
    const closing = Closing.safeParse(steps.find((step) => step.operationId === id)?.output).data
    if (!closing) continue
    if (closing.timeline !== stale.divergenceTimeline) return null
    const bytes = bytesBetween(stale.divergenceLsn, closing.lsn)
    return bytes === null || bytes < 0n ? null : bytes
  }
  return null
}

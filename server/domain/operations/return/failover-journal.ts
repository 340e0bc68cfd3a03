import { z } from 'zod'
import type { Db } from '@/server/db'
import { bytesBetween } from '../forced/positions'
import type { StaleRow } from './return-run'

const Recheck = z.object({ lastAckAt: z.string().nullable() }).catch({ lastAckAt: null })
const Fence = z.object({ closedAt: z.string().nullable() }).catch({ closedAt: null })
const Drain = z
  .object({ isComplete: z.boolean(), lossSeconds: z.number().nullable(), lossBasis: z.string().nullable() })
  .catch({ isComplete: false, lossSeconds: null, lossBasis: null })

/** Three outputs of the failover's journal; a failover of another version may lack them, and then nothing is made up. */
export async function readFailoverJournal(db: Db, failoverId: string) {
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

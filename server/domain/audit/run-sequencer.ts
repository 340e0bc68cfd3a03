import { setTimeout as wait } from 'node:timers/promises'
import { type Db, type HeldLease, holdLease, releaseLease } from '@/server/db'
import { log } from '@/server/log'
import { SEQUENCER_LEASE, sequenceInbox } from './sequence-inbox'

const LEASE_TTL_MS = 6_000
const IDLE_MS = 250
const NOT_MINE_MS = 2_000

/** Runs until `signal` aborts. Any number of processes may run it; the lease lets one at a time number events. */
export async function runSequencer(db: Db, { holder, signal }: { holder: string; signal: AbortSignal }): Promise<void> {
  let lease: HeldLease | null = null
  while (!signal.aborted) {
    const pauseMs = await turn().catch((error: unknown) => {
      log.warn({ err: error }, 'The audit sequencer could not reach the catalog; it tries again.')
      return NOT_MINE_MS
    })
    if (pauseMs > 0) await wait(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  if (lease) await releaseLease(db, lease).catch(() => undefined)

  async function turn(): Promise<number> {
    lease = await holdLease(db, { name: SEQUENCER_LEASE, holder, ttlMs: LEASE_TTL_MS })
    if (!lease) return NOT_MINE_MS
    const count = await sequenceInbox(db, lease)
    return count === null ? NOT_MINE_MS : count > 0 ? 0 : IDLE_MS
  }
}

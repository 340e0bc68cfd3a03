import type { OperationState } from '@/model/states'
import type { Clock } from '@/server/clock'
import { type Db, type Tx, transact } from '@/server/db'
import { log } from '@/server/log'
import { sentenceOf } from './call-step'
import { Draft, type Held, type Lease, LeaseLost } from './journal'
import { findOperation } from './operation-record'

/** States in which a worker has something to do; the others wait for a person or are final. */
export const runnableStates = ['queued', 'running', 'undoing'] as const satisfies readonly OperationState[]

/** Heartbeats in one lease time: two may be lost before the lease is. */
const HEARTBEATS_PER_TTL = 4

export type LeaseOrder = {
  holder: string
  ttlMs: number
  homeRegion: string
  /** "kind@version" of what this worker can run: an operation of another version waits for a worker that knows it. */
  served: readonly string[]
  /** Take this one only. */
  operationId?: string
}

export function servedAs({ kind, version }: { kind: string; version: number }): string {
  return `${kind}@${version}`
}

/**
 * Leases the oldest operation that wants a worker and has none, or whose worker let its lease run out by the catalog's
 * clock; one that was given back for a time (`lease_until` without a holder) is left alone until then. The lease epoch rises each time, in the same statement, so that two workers cannot both have taken it.
 */
export async function acquireLease(db: Db, order: LeaseOrder): Promise<Held | null> {
  return transact(db, async (tx) => {
    const taken = await takeOldest(tx, order)
    if (!taken) return null
    const lease: Lease = { operationId: taken.id, holder: order.holder, epoch: taken.epoch, ttlMs: order.ttlMs }
    const operation = await findOperation(tx, taken.id)
    const draft = new Draft(tx, lease, operation!)
    draft.note('operation.leased', { holder: order.holder, takenOverFrom: taken.formerHolder })
    if (operation!.status === 'queued') draft.move('leased', null, 'operation.started')
    return { lease, homeRegion: order.homeRegion, operation: await draft.write(order.homeRegion) }
  })
}

type Taken = { id: string; epoch: bigint; formerHolder: string | null }

async function takeOldest(tx: Tx, { holder, ttlMs, served, operationId }: LeaseOrder): Promise<Taken | null> {
  const wanted = operationId ?? null
  const [candidate] = await tx.$queryRaw<{ id: string; formerHolder: string | null }[]>`
    SELECT id, lease_holder AS "formerHolder" FROM operation
    WHERE status = ANY(${[...runnableStates]}::text[]) AND (lease_until IS NULL OR lease_until < now())
      AND kind || '@' || workflow_version = ANY(${[...served]}::text[])
      AND (${wanted}::uuid IS NULL OR id = ${wanted}::uuid)
    ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED`
  if (!candidate) return null
  const [taken] = await tx.$queryRaw<{ epoch: bigint }[]>`
    UPDATE operation SET lease_holder = ${holder}, lease_epoch = lease_epoch + 1, heartbeat_at = now(),
      lease_until = now() + ${ttlMs}::float8 * interval '1 millisecond'
    WHERE id = ${candidate.id}::uuid RETURNING lease_epoch AS epoch`
  return { ...candidate, epoch: taken!.epoch }
}

/** False when the lease is another's by now. A lease that ran out but was not taken may still be renewed. */
export async function renewLease(db: Db, lease: Lease): Promise<boolean> {
  const renewed = await db.$executeRaw`
    UPDATE operation SET heartbeat_at = now(), lease_until = now() + ${lease.ttlMs}::float8 * interval '1 millisecond'
    WHERE id = ${lease.operationId}::uuid AND lease_holder = ${lease.holder} AND lease_epoch = ${lease.epoch}`
  return renewed === 1
}

/** Gives the lease back early. Nothing happens when it is another's by now. */
export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await db.$executeRaw`
    UPDATE operation SET lease_holder = NULL, lease_until = NULL
    WHERE id = ${lease.operationId}::uuid AND lease_holder = ${lease.holder} AND lease_epoch = ${lease.epoch}`
}

export type KeptLease = {
  /** Aborted, with LeaseLost as the reason, when the lease is lost or could not be renewed for its whole life. */
  signal: AbortSignal
  stop(): void
}

/**
 * Renews in the background until stopped. The local deadline counts from before each renewal was sent, by a clock that
 * cannot be set, and does not wait for an answer: this worker stops no later than the moment at which another may start.
 * A worker that was frozen past that moment learns it too late, which is why every effect carries the lease epoch.
 */
export function keepLease(db: Db, lease: Lease, clock: Clock): KeptLease {
  const lost = new AbortController()
  const lose = () => lost.abort(new LeaseLost(lease))
  const beatEveryMs = lease.ttlMs / HEARTBEATS_PER_TTL
  let deadline = setTimeout(lose, lease.ttlMs)
  let isStopped = false
  const beat = async () => {
    const sentAtMs = clock.monotonicMs()
    const isOurs = await renewLease(db, lease).catch((error: unknown) => {
      log.warn({ error: sentenceOf(error), operationId: lease.operationId }, 'A heartbeat did not reach the catalog.')
      return null
    })
    if (isStopped) return
    if (isOurs === false) return lose()
    if (isOurs) {
      clearTimeout(deadline)
      deadline = setTimeout(lose, Math.max(0, lease.ttlMs - (clock.monotonicMs() - sentAtMs)))
    }
    timer = setTimeout(beat, beatEveryMs)
  }
  let timer = setTimeout(beat, beatEveryMs)
  const stop = () => {
    isStopped = true
    clearTimeout(timer)
    clearTimeout(deadline)
  }
  return { signal: lost.signal, stop }
}

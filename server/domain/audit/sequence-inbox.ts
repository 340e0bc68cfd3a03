import { announce, type Db, transact } from '@/server/db'
import { chainHash, GENESIS_HASH, leafHash } from './hash-chain'

/** The lease that a sequencer must hold: one at a time gives events their numbers. */
export const SEQUENCER_LEASE = 'audit-sequencer'
const BATCH_MAX = 1_000

/**
 * Gives committed events their place in the order: dense numbers, each link hashing the one before. Events are found by
 * the inbox, never by a serial id, so that one that commits late is numbered late instead of being skipped. The row lock
 * on the lease makes a sequencer that lost it wait, and the epoch then makes it stop.
 *
 * @returns how many events were numbered; null when the lease belongs to somebody else.
 */
export async function sequenceInbox(db: Db, lease: { holder: string; epoch: bigint }): Promise<number | null> {
  return transact(db, async (tx) => {
    const held = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM lease WHERE name = ${SEQUENCER_LEASE} AND holder = ${lease.holder} AND epoch = ${lease.epoch} FOR UPDATE`
    if (held.length === 0) return null
    const pending = await tx.$queryRaw<{ id: string; body: string }[]>`
      SELECT e.audit_event_id AS id, e.body FROM audit_inbox i JOIN global_audit_event e USING (audit_event_id)
      ORDER BY e.recorded_at, e.audit_event_id LIMIT ${BATCH_MAX}`
    if (pending.length === 0) return 0
    const last = await tx.auditSequence.findFirst({ orderBy: { seq: 'desc' } })
    let seq = last?.seq ?? 0n
    let previous = last?.chainHash ?? GENESIS_HASH
    const links = pending.map((event) => {
      seq += 1n
      const leaf = leafHash(event.body)
      previous = chainHash(previous, seq, leaf)
      return { seq, auditEventId: event.id, leafHash: leaf, chainHash: previous, leaseEpoch: lease.epoch }
    })
    await tx.auditSequence.createMany({ data: links })
    await tx.auditInbox.deleteMany({ where: { auditEventId: { in: pending.map((event) => event.id) } } })
    await announce(tx, { topic: 'audit', ids: [] })
    return links.length
  })
}

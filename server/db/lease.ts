import type { Db } from './client'

export type HeldLease = { name: string; holder: string; epoch: bigint }

/**
 * Takes a named lease that is free or has run out by the database's clock, or renews one's own. The epoch rises only when
 * the holder changes; every effect of the holder carries it. Null: somebody else holds it.
 */
export async function holdLease(
  db: Db,
  { name, holder, ttlMs }: { name: string; holder: string; ttlMs: number },
): Promise<HeldLease | null> {
  const rows = await db.$queryRaw<{ epoch: bigint }[]>`
    INSERT INTO lease (name, holder, epoch, until) VALUES (${name}, ${holder}, 1, now() + ${ttlMs} * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET
      epoch = lease.epoch + CASE WHEN lease.holder = ${holder} THEN 0 ELSE 1 END,
      holder = ${holder},
      until = now() + ${ttlMs} * interval '1 millisecond'
    WHERE lease.holder = ${holder} OR lease.holder IS NULL OR lease.until < now()
    RETURNING epoch`
  const epoch = rows[0]?.epoch
  return epoch === undefined ? null : { name, holder, epoch: BigInt(epoch) }
}

/** Gives a lease back early, so that the next holder need not wait for it to run out. */
export async function releaseLease(db: Db, lease: HeldLease): Promise<void> {
  await db.$executeRaw`
    UPDATE lease SET holder = NULL, until = NULL WHERE name = ${lease.name} AND holder = ${lease.holder} AND epoch = ${lease.epoch}`
}

import type { Db, Tx } from '@/server/db'

/** The clock by which a hold begins and ends. */
export async function catalogNow(db: Db | Tx): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  return row!.now
}

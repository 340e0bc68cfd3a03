import type { Db, Tx } from './client'

/** The catalog's clock: what is compared with anything it keeps is dated by it, never by that of this process. */
export async function catalogNow(db: Db | Tx): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  return row!.now
}

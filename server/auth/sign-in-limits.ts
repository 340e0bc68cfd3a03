import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { type Db, Prisma } from '@/server/db'

/**
 * Tries of one account, counted before the password is looked at. Beside better-auth's limit by address, because whoever has
 * many addresses still meets the limit of the account.
 */
export const TRIES_PER_MINUTE_MAX = 5
export const TRIES_PER_ACCOUNT_PER_MINUTE_MAX = 30
const WINDOW_MS = 60_000

type Try = { email: string; address: string; nowMs: number }

/** `isFirst`: the try with which that limit was met in this window. Of all that follow it is the one to be written down. */
export type Admission = { held: null } | { held: 'address' | 'account'; isFirst: boolean }

/** Whether the try may go on. One upsert a key: two tries at once are two tries, and one of them is the first too many. */
export async function admitSignIn(db: Db, attempt: Try): Promise<Admission> {
  const ofAddress = await countTry(db, keyOf(attempt), attempt.nowMs)
  if (ofAddress > TRIES_PER_MINUTE_MAX) return { held: 'address', isFirst: ofAddress === TRIES_PER_MINUTE_MAX + 1 }
  const ofAccount = await countTry(db, keyOf({ ...attempt, address: 'any' }), attempt.nowMs)
  if (ofAccount > TRIES_PER_ACCOUNT_PER_MINUTE_MAX)
    return { held: 'account', isFirst: ofAccount === TRIES_PER_ACCOUNT_PER_MINUTE_MAX + 1 }
  return { held: null }
}

/** A right password clears what led up to it, so that a person who signs in often is never locked out. */
export async function forgiveSignIn(db: Db, attempt: Try): Promise<void> {
  const keys = [keyOf(attempt), keyOf({ ...attempt, address: 'any' })]
  await db.rateLimit.deleteMany({ where: { key: { in: keys } } })
}

async function countTry(db: Db, key: string, nowMs: number): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>(Prisma.sql`
    INSERT INTO auth_rate_limit AS held (id, key, count, last_request) VALUES (${uuidv7()}, ${key}, 1, ${nowMs})
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN held.last_request <= ${nowMs - WINDOW_MS} THEN 1 ELSE held.count + 1 END,
      last_request = CASE WHEN held.last_request <= ${nowMs - WINDOW_MS} THEN ${nowMs} ELSE held.last_request END
    RETURNING count`)
  return row?.count ?? 1
}

/** Hashed: the table must not become a list of the addresses that somebody tried. */
function keyOf({ email, address }: { email: string; address: string }): string {
  return `sign-in|${createHash('sha256').update(`${email.toLowerCase()}|${address}`).digest('hex')}`
}

import { symmetricDecrypt } from 'better-auth/crypto'
import { Prisma, type Tx } from '@/server/db'
import { matchingStep, TOTP_PERIOD_MS } from './totp'

/**
 * Judging a code of the second factor. better-auth checks codes at sign-in but counts neither failures inside a session
 * nor repeats; here both are: one failure budget for sign-in and step-up (the columns of better-auth's own lockout), and
 * a code that was accepted once is refused from then on.
 */
export type CodeOutcome = 'accepted' | 'wrong' | 'used' | 'locked' | 'not-enrolled'

export const CODE_FAILURES_MAX = 10
export const CODE_LOCK_MS = 15 * 60_000

type Attempt = { userId: string; code: string; now: Date; secret: string }

/** Call in a transaction and let it commit whatever the outcome: a failure counts only when it is written down. */
export async function judgeCode(tx: Tx, { userId, code, now, secret }: Attempt): Promise<CodeOutcome> {
  // The row lock lines up concurrent tries, so that twenty at once cost twenty failures.
  const [factor] = await tx.$queryRaw<
    { id: string; secret: string; lockedUntil: Date | null; failures: number }[]
  >(Prisma.sql`
    SELECT id, secret, locked_until AS "lockedUntil", coalesce(failed_verification_count, 0) AS failures
      FROM auth_two_factor WHERE user_id = ${userId} AND verified IS NOT FALSE FOR UPDATE`)
  if (!factor) return 'not-enrolled'
  if (factor.lockedUntil && factor.lockedUntil > now) return 'locked'
  const key = Buffer.from(await symmetricDecrypt({ key: secret, data: factor.secret }), 'utf8')
  const step = matchingStep(key, code, now.getTime())
  if (step === null) {
    const isSpent = factor.failures + 1 >= CODE_FAILURES_MAX
    await tx.twoFactor.update({
      where: { id: factor.id },
      data: {
        failedVerificationCount: isSpent ? 0 : factor.failures + 1,
        lockedUntil: isSpent ? new Date(now.getTime() + CODE_LOCK_MS) : null,
      },
    })
    return 'wrong'
  }
  if (!(await claimStep(tx, { userId, step, now }))) return 'used'
  await tx.twoFactor.update({ where: { id: factor.id }, data: { failedVerificationCount: 0, lockedUntil: null } })
  return 'accepted'
}

/** For the sign-in, whose code better-auth has already found right: true unless it was used before. */
export async function claimCode(tx: Tx, { userId, code, now, secret }: Attempt): Promise<boolean> {
  const factor = await tx.twoFactor.findFirst({ where: { userId } })
  if (!factor) return false
  const key = Buffer.from(await symmetricDecrypt({ key: secret, data: factor.secret }), 'utf8')
  const step = matchingStep(key, code, now.getTime())
  return step !== null && (await claimStep(tx, { userId, step, now }))
}

/** The primary key decides who was first: one row a person and a step of thirty seconds. */
async function claimStep(tx: Tx, { userId, step, now }: { userId: string; step: number; now: Date }): Promise<boolean> {
  const id = `totp-used-${userId}-${step}`
  const keepUntil = new Date((step + 3) * TOTP_PERIOD_MS)
  const claimed = await tx.$executeRaw(Prisma.sql`
    INSERT INTO auth_verification (id, identifier, value, expires_at, created_at, updated_at)
    VALUES (${id}, ${id}, 'used', ${keepUntil}, ${now}, ${now}) ON CONFLICT (id) DO NOTHING`)
  return claimed === 1
}

import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Tx } from '@/server/db'

/**
 * Challenges of passkeys: WebAuthn leaves it to us that each counts once. A challenge is a row; taking it deletes it, so that
 * of two answers one finds nothing. It is bound to its session, its account and its purpose, and ends by the catalog's clock.
 */
export type Purpose = 'add' | 'step-up'
export type ChallengeOf = { sessionId: string; userId: string; purpose: Purpose }

/** What the proof is given for, when it is given for one decision: part of the challenge, hence of what is signed. */
export type BoundTo = { requestId: string; planHash: string }

export const CHALLENGE_MS = 2 * 60_000
const NONCE_BYTES = 32

const Kept = z.object({
  sessionId: z.string(),
  userId: z.string(),
  purpose: z.enum(['add', 'step-up']),
  nonce: z.string(),
  boundTo: z.object({ requestId: z.string(), planHash: z.string() }).nullable(),
})

/** A new challenge in base64url; it replaces an unanswered one of the same session and purpose. */
export async function putChallenge(tx: Tx, of: ChallengeOf, boundTo: BoundTo | null): Promise<string> {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url')
  const challenge = challengeOf(nonce, boundTo)
  const identifier = `passkey|${of.purpose}|${of.sessionId}`
  await tx.verification.deleteMany({ where: { identifier } })
  await tx.$executeRaw`
    INSERT INTO auth_verification (id, identifier, value, expires_at, created_at, updated_at)
    VALUES (${keyOf(challenge)}, ${identifier}, ${JSON.stringify({ ...of, nonce, boundTo })},
            clock_timestamp() + ${CHALLENGE_MS} * interval '1 millisecond', clock_timestamp(), clock_timestamp())`
  return challenge
}

/** The row behind a challenge that somebody answered, or null: used, overdue, of another session, or never put. */
export async function takeChallenge(
  tx: Tx,
  challenge: string,
  of: ChallengeOf,
): Promise<{ boundTo: BoundTo | null } | null> {
  const [row] = await tx.$queryRaw<{ value: string; isOverdue: boolean }[]>`
    DELETE FROM auth_verification WHERE id = ${keyOf(challenge)}
    RETURNING value, expires_at <= clock_timestamp() AS "isOverdue"`
  if (!row || row.isOverdue) return null
  const kept = Kept.parse(JSON.parse(row.value))
  const isTheirs = kept.sessionId === of.sessionId && kept.userId === of.userId && kept.purpose === of.purpose
  return isTheirs && challengeOf(kept.nonce, kept.boundTo) === challenge ? { boundTo: kept.boundTo } : null
}

/** H(nonce, request, plan hash): whoever signs it signs what the page showed. */
function challengeOf(nonce: string, boundTo: BoundTo | null): string {
  const told = JSON.stringify([nonce, boundTo?.requestId ?? null, boundTo?.planHash ?? null])
  return createHash('sha256').update(told, 'utf8').digest('base64url')
}

/** Hashed, so that a copy of the table answers no challenge. */
function keyOf(challenge: string): string {
  return `passkey-${createHash('sha256').update(challenge, 'utf8').digest('hex')}`
}

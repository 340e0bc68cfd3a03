import type { SendOutcome } from '@/model/outgoing-message'
import { ATTEMPTS_MAX, RETRY_MS } from './limits'

export type AfterFailure = { kind: 'give-up'; says: string } | { kind: 'retry'; inMs: number; says: string }

export type FailedAttempt = {
  outcome: Extract<SendOutcome, { kind: 'failed' }>
  /** This one included. */
  attempts: number
  /** A test is for the person in front of the screen: its first answer is the answer. */
  isTest: boolean
  /** When the news is of no use any more; null: never. */
  expiresAt: Date | null
  now: Date
}

/** `jitter` from 0 to 1 spreads what failed together. */
export function decideRetry(
  { outcome, attempts, isTest, expiresAt, now }: FailedAttempt,
  jitter: number,
): AfterFailure {
  const { says } = outcome
  if (outcome.isFinal || isTest) return { kind: 'give-up', says }
  if (attempts >= ATTEMPTS_MAX) return { kind: 'give-up', says: `Given up after ${sayAttempts(attempts)}. ${says}` }
  const backOffMs = Math.min(RETRY_MS.min * RETRY_MS.factor ** (attempts - 1), RETRY_MS.max)
  const inMs = Math.round(Math.max(backOffMs, outcome.retryAfterMs ?? 0) * (1 + 0.2 * jitter))
  if (expiresAt && now.getTime() + inMs >= expiresAt.getTime())
    return { kind: 'give-up', says: `Given up after ${sayAttempts(attempts)}, since it was about to expire. ${says}` }
  return { kind: 'retry', inMs, says }
}

function sayAttempts(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`
}

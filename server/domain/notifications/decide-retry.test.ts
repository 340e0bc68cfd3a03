import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { decideRetry, type FailedAttempt } from './decide-retry'
import { ATTEMPTS_MAX, RETRY_MS } from './limits'

const now = new Date('2026-11-20T03:00:00Z')
const attempt = (
  change: Partial<FailedAttempt> = {},
  outcome: Partial<FailedAttempt['outcome']> = {},
): FailedAttempt => ({
  outcome: {
    kind: 'failed',
    says: 'It answered 500.',
    responseCode: 500,
    isFinal: false,
    retryAfterMs: null,
    ...outcome,
  },
  attempts: 1,
  isTest: false,
  expiresAt: null,
  now,
  ...change,
})

describe('a message that did not arrive', () => {
  test.each([
    [1, 2_000],
    [2, 6_000],
    [3, 18_000],
    [6, 486_000],
    [7, 900_000],
  ])('after attempt %i waits %i ms', (attempts, inMs) => {
    expect(decideRetry(attempt({ attempts }), 0)).toEqual({ kind: 'retry', inMs, says: 'It answered 500.' })
  })

  test.each<[string, FailedAttempt, string]>([
    ['when trying again cannot help', attempt({}, { isFinal: true }), 'It answered 500.'],
    ['when it is a test, at once', attempt({ isTest: true }), 'It answered 500.'],
    ['after the last attempt', attempt({ attempts: ATTEMPTS_MAX }), 'Given up after 8 attempts. It answered 500.'],
    [
      'when it would come too late',
      attempt({ expiresAt: new Date(now.getTime() + 1_999) }),
      'Given up after 1 attempt, since it was about to expire. It answered 500.',
    ],
  ])('is given up %s', (_, failed, says) => {
    expect(decideRetry(failed, 0)).toEqual({ kind: 'give-up', says })
  })

  test('waits as long as the receiver asks for', () => {
    expect(decideRetry(attempt({}, { retryAfterMs: 60_000 }), 0)).toMatchObject({ inMs: 60_000 })
  })

  property.prop([fc.integer({ min: 1, max: ATTEMPTS_MAX - 1 }), fc.double({ min: 0, max: 1, noNaN: true })])(
    'never waits less than before, nor longer than the limit and its spread',
    (attempts, jitter) => {
      const waitOf = (which: number) => {
        const decided = decideRetry(attempt({ attempts: which }), jitter)
        return decided.kind === 'retry' ? decided.inMs : Number.NaN
      }
      expect(waitOf(attempts)).toBeLessThanOrEqual(RETRY_MS.max * 1.2)
      if (attempts > 1) expect(waitOf(attempts)).toBeGreaterThan(waitOf(attempts - 1))
    },
  )
})

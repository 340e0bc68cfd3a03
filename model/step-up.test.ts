import { expect, test } from 'vitest'
import { provenAt, provenUntil, STEP_UP_AHEAD_MS_MAX, STEP_UP_MAX_AGE_MS } from './step-up'

const now = new Date('2026-11-20T03:00:00.000Z')
const ago = (ms: number) => new Date(now.getTime() - ms)

test.each([
  ['none', null, false],
  ['one of now', ago(0), true],
  ['the last that counts', ago(STEP_UP_MAX_AGE_MS - 1), true],
  ['one whose time is over', ago(STEP_UP_MAX_AGE_MS), false],
  ['one a little ahead', ago(-STEP_UP_AHEAD_MS_MAX), true],
  ['one from the future', ago(-STEP_UP_AHEAD_MS_MAX - 1), false],
])('of proofs, %s: what a page says and what a verb does are the same', (_, steppedUpAt, counts) => {
  const until = provenUntil(steppedUpAt, now)
  expect(until !== null).toBe(counts)
  if (until) expect(until.getTime(), 'never over already').toBeGreaterThan(now.getTime())
  if (counts) expect(provenAt({ steppedUpAt }, now)).toBe(steppedUpAt)
  else expect(() => provenAt({ steppedUpAt }, now)).toThrow('the last proof is more than five minutes old.')
})

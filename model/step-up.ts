import { DomainError } from './errors'
import { minutesInWords } from './format'

/** The one rule of when a proof of the second factor counts: what a page shows and what a verb refuses are the same. Pure. */

export const STEP_UP_MAX_AGE_MS = 5 * 60_000
/** "five minutes", for the sentences about it. */
export const STEP_UP_LASTS = minutesInWords(STEP_UP_MAX_AGE_MS)
/** An instant may lie this far ahead of the catalog's clock before it is not believed. */
export const STEP_UP_AHEAD_MS_MAX = 5_000

/**
 * The instant before which a proof of `steppedUpAt` counts; null when there is none, when it is too old at `now` (the catalog's
 * clock), or when it is from the future: that is a wrong clock and proves nothing.
 */
export function provenUntil(steppedUpAt: Date | null, now: Date): Date | null {
  if (!steppedUpAt) return null
  const ageMs = now.getTime() - steppedUpAt.getTime()
  if (ageMs >= STEP_UP_MAX_AGE_MS || ageMs < -STEP_UP_AHEAD_MS_MAX) return null
  return new Date(steppedUpAt.getTime() + STEP_UP_MAX_AGE_MS)
}

/** When the second factor was last proven. Throws `step-up-required` where that does not count at `now`. */
export function provenAt({ steppedUpAt }: { steppedUpAt: Date | null }, now: Date): Date {
  if (!steppedUpAt || !provenUntil(steppedUpAt, now))
    throw new DomainError(
      'step-up-required',
      `Prove your second factor again: the last proof is more than ${STEP_UP_LASTS} old.`,
    )
  return steppedUpAt
}

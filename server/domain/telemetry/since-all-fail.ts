/**
 * Since when nobody gets an answer: the first failure after the last answer that anybody had. A vantage that was cut off before
 * says nothing of the rest, and one whose failure changed its wording later makes nothing younger. Pure.
 * `beganAt`: when each failing vantage began to fail; `lastAnswerAt` null: no answer is known of.
 */
export function sinceAllFail(beganAt: readonly Date[], lastAnswerAt: Date | null): Date | null {
  const after = beganAt.filter((at) => lastAnswerAt === null || at >= lastAnswerAt)
  return earliestOf(after) ?? latestOf(beganAt)
}

export function earliestOf(instants: readonly (Date | null)[]): Date | null {
  return instants.reduce<Date | null>((least, at) => (at && (!least || at < least) ? at : least), null)
}

export function latestOf(instants: readonly (Date | null)[]): Date | null {
  return instants.reduce<Date | null>((most, at) => (at && (!most || at > most) ? at : most), null)
}

import type { Check } from './schemas/plans'

/** What a rule finds, and the sentence that goes with it. A rule that lacks a fact answers `unknown`, never `passed`. */
export type Verdict = Pick<Check, 'outcome' | 'says'>

export const passed = (says: string): Verdict => ({ outcome: 'passed', says })
export const failed = (says: string): Verdict => ({ outcome: 'failed', says })
export const unknown = (says: string): Verdict => ({ outcome: 'unknown', says })

/**
 * Rows that only a former primary holds, or that differ there: one case each, and a person's word on it. Invariants: a case is decided
 * once; the word is recorded with its note, and nothing is written into anybody's tables; contents of rows never come here.
 */
export { decideConflicts } from './decide-conflicts'
export { getConflict } from './get-conflict'
export { listConflicts } from './list-conflicts'

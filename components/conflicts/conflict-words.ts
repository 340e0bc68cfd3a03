import type { Status } from '@/model/observations'
import {
  type ConflictDecision,
  type ConflictRow,
  type ConflictState,
  conflictDecisions,
} from '@/model/schemas/conflicts'

/** What the former primary did to the row that the new one never saw. */
export const changeWords = {
  insert: 'Added',
  update: 'Changed',
  delete: 'Deleted',
} as const satisfies Record<ConflictRow['change'], string>

const stateWords = {
  OPEN: { status: 'warn', word: 'Open' },
  IN_REVIEW: { status: 'active', word: 'In review' },
  RESOLVED: { status: 'ok', word: 'Decided' },
  DISMISSED: { status: 'ok', word: 'Dismissed' },
} as const satisfies Record<ConflictState, { status: Status; word: string }>

export function conflictWord(state: ConflictState): { status: Status; word: string } {
  return stateWords[state]
}

/** A decision of a later version is shown by its name rather than hidden. */
export function decisionWord(decision: string | null): string | null {
  if (decision === null) return null
  return decision in conflictDecisions ? conflictDecisions[decision as ConflictDecision] : decision
}

/** What each word means for the person who carries it out. */
export const decisionMeaning = {
  KEEP_THEIRS: 'The row of the former primary counts: somebody has to enter it on the new one.',
  KEEP_OURS: 'The row of the new primary counts: the other one is only kept in the ledger.',
  KEEP_BOTH: 'Both count: somebody has to enter the other one beside it.',
} as const satisfies Record<ConflictDecision, string>

import type { FindingName } from '@/model/findings'
import type { ProbeOutcome, Status } from '@/model/observations'

/** How each finding is shown. Only a healthy server is ok: one that nobody looks at is unknown, never quiet. */
export const findingWords = {
  NotObserved: { status: 'unknown', word: 'Not observed' },
  ServerHealthy: { status: 'ok', word: 'Healthy' },
  ServerDown: { status: 'crit', word: 'Server down' },
  ServerUnreachable: { status: 'crit', word: 'Unreachable' },
  UnreachableFromHere: { status: 'warn', word: 'Unreachable from some' },
  ServerFrozen: { status: 'crit', word: 'Frozen' },
  RefusingWrites: { status: 'crit', word: 'Refusing writes' },
  StandbyInsteadOfPrimary: { status: 'crit', word: 'In recovery' },
  WrongServer: { status: 'crit', word: 'Wrong server' },
  TimelineDiverged: { status: 'crit', word: 'Timeline diverged' },
  StaleEpochServer: { status: 'warn', word: 'Stale server' },
  TwoWriters: { status: 'crit', word: 'Two writers' },
} as const satisfies Record<FindingName, { status: Status; word: string }>

/** What one vantage got from one server. */
export const outcomeWords = {
  ok: { status: 'ok', word: 'Answers' },
  refused: { status: 'warn', word: 'Answers, refuses' },
  timeout: { status: 'crit', word: 'Times out' },
  unreachable: { status: 'crit', word: 'Unreachable' },
  error: { status: 'warn', word: 'Fails' },
  unasked: { status: 'unknown', word: 'Not asked' },
} as const satisfies Record<ProbeOutcome, { status: Status; word: string }>

/** An outcome of a later version is shown by its name rather than hidden. */
export function wordOfOutcome(outcome: string): { status: Status; word: string } {
  return outcome in outcomeWords ? outcomeWords[outcome as ProbeOutcome] : { status: 'unknown', word: outcome }
}

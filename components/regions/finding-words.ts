import { type FindingName, findingTitles } from '@/model/findings'
import type { ProbeOutcome, Status } from '@/model/observations'

/** Only a healthy server is ok: one that nobody looks at is unknown, never quiet. */
const findingStatuses = {
  NotObserved: 'unknown',
  ServerHealthy: 'ok',
  ServerDown: 'crit',
  ServerUnreachable: 'crit',
  UnreachableFromHere: 'warn',
  ServerFrozen: 'crit',
  RefusingWrites: 'crit',
  StandbyInsteadOfPrimary: 'crit',
  WrongServer: 'crit',
  TimelineDiverged: 'crit',
  StaleEpochServer: 'warn',
  TwoWriters: 'crit',
} as const satisfies Record<FindingName, Status>

/** How a finding is shown. */
export function pillOfFinding(name: FindingName): { status: Status; word: string } {
  return { status: findingStatuses[name], word: findingTitles[name] }
}

/** What one vantage got from one server. */
export const outcomeWords = {
  ok: { status: 'ok', word: 'Answers' },
  refused: { status: 'warn', word: 'Answers, refuses' },
  timeout: { status: 'crit', word: 'Times out' },
  unreachable: { status: 'crit', word: 'Unreachable' },
  error: { status: 'warn', word: 'Fails' },
  unasked: { status: 'unknown', word: 'Not asked' },
} as const satisfies Record<ProbeOutcome, { status: Status; word: string }>

/**
 * An outcome of a later version is shown by its name rather than hidden. Of a server that is down every vantage was refused at
 * once: that is how it is judged, whatever a relay in between made of the refusal.
 */
export function wordOfOutcome(outcome: string, finding: FindingName): { status: Status; word: string } {
  if (finding === 'ServerDown' && outcome === 'unreachable')
    return { status: outcomeWords.unreachable.status, word: 'Refused by the host' }
  return outcome in outcomeWords ? outcomeWords[outcome as ProbeOutcome] : { status: 'unknown', word: outcome }
}

import { type FindingName, findingTitles } from '@/model/findings'
import type { ProbeOutcome, Status } from '@/model/observations'

/** How each finding is shown. Only a healthy server is ok: one that nobody looks at is unknown, never quiet. */
export const findingWords = {
  NotObserved: { status: 'unknown', word: findingTitles.NotObserved },
  ServerHealthy: { status: 'ok', word: findingTitles.ServerHealthy },
  ServerDown: { status: 'crit', word: findingTitles.ServerDown },
  ServerUnreachable: { status: 'crit', word: findingTitles.ServerUnreachable },
  UnreachableFromHere: { status: 'warn', word: findingTitles.UnreachableFromHere },
  ServerFrozen: { status: 'crit', word: findingTitles.ServerFrozen },
  RefusingWrites: { status: 'crit', word: findingTitles.RefusingWrites },
  StandbyInsteadOfPrimary: { status: 'crit', word: findingTitles.StandbyInsteadOfPrimary },
  WrongServer: { status: 'crit', word: findingTitles.WrongServer },
  TimelineDiverged: { status: 'crit', word: findingTitles.TimelineDiverged },
  StaleEpochServer: { status: 'warn', word: findingTitles.StaleEpochServer },
  TwoWriters: { status: 'crit', word: findingTitles.TwoWriters },
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

/**
 * An outcome of a later version is shown by its name rather than hidden. Of a server that is down every vantage was refused at
 * once: that is how it is judged, whatever a relay in between made of the refusal.
 */
export function wordOfOutcome(outcome: string, finding: FindingName): { status: Status; word: string } {
  if (finding === 'ServerDown' && outcome === 'unreachable')
    return { status: outcomeWords.unreachable.status, word: 'Refused by the host' }
  return outcome in outcomeWords ? outcomeWords[outcome as ProbeOutcome] : { status: 'unknown', word: outcome }
}

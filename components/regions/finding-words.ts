import { type FindingName, findingTitles } from '@/model/findings'
import type { ProbeOutcome, Status } from '@/model/observations'
import type { Finding } from '@/model/schemas/plans'

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
 * An outcome of a later version is shown by its name rather than hidden. A refused connection is an answer of something there:
 * of the host or of a relay before it, which the finding tells apart.
 */
export function wordOfSight({ outcome, detail }: Pick<Finding['vantages'][number], 'outcome' | 'detail'>): {
  status: Status
  word: string
} {
  if (outcome === 'unreachable' && detail?.includes('ECONNREFUSED'))
    return { status: outcomeWords.unreachable.status, word: 'Connection refused' }
  return outcome in outcomeWords ? outcomeWords[outcome as ProbeOutcome] : { status: 'unknown', word: outcome }
}

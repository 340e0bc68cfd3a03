/**
 * What can be wrong with a server, by name. A finding is judged from several vantages together and stands on probes; each name
 * has its section in docs/failure-modes.md and a test. None of them promotes anything: people decide.
 */
export const findings = {
  NotObserved: 'Nobody has looked recently enough to say anything.',
  ServerHealthy: 'It answers every vantage and takes writes.',
  ServerDown:
    'The host answers and the server does not run: every vantage is refused at once. A backend may still be finishing a commit.',
  ServerUnreachable:
    'No vantage gets an answer, not even a refusal. It may still take writes from clients that reach it.',
  UnreachableFromHere: 'Some vantages reach it and some do not: the path is broken, not the server.',
  ServerFrozen: 'It accepts connections and does not answer. Sessions that are open may still write.',
  RefusingWrites: 'It answers, and refuses writes.',
  StandbyInsteadOfPrimary: 'The catalog names it as the writer, and it is in recovery.',
  WrongServer: 'Another server answers at its address.',
  TimelineDiverged: 'It left the common history: its positions cannot be compared.',
  StaleEpochServer: 'A former primary at an epoch that has passed, not yet a standby again.',
  TwoWriters: 'Two servers of one cell take writes at the same time.',
} as const
export type FindingName = keyof typeof findings

/** The same by its short name, on a pill or within a sentence. */
export const findingTitles = {
  NotObserved: 'Not observed',
  ServerHealthy: 'Healthy',
  ServerDown: 'Server down',
  ServerUnreachable: 'Unreachable',
  UnreachableFromHere: 'Unreachable from some',
  ServerFrozen: 'Frozen',
  RefusingWrites: 'Refusing writes',
  StandbyInsteadOfPrimary: 'In recovery',
  WrongServer: 'Wrong server',
  TimelineDiverged: 'Timeline diverged',
  StaleEpochServer: 'Stale server',
  TwoWriters: 'Two writers',
} as const satisfies Record<FindingName, string>

/** Why the age of a heartbeat says nothing of what a failover would lose, by what is wrong with the writer; null: it does. */
const noLossBecause = {
  NotObserved: 'was not looked at lately',
  ServerHealthy: null,
  ServerDown: 'does not answer',
  ServerUnreachable: 'does not answer',
  UnreachableFromHere: null,
  ServerFrozen: 'does not answer',
  RefusingWrites: 'takes no writes',
  StandbyInsteadOfPrimary: 'takes no writes',
  WrongServer: 'does not answer: another server stands in its place',
  TimelineDiverged: 'has left the common history',
  StaleEpochServer: 'stands at an epoch that has passed',
  TwoWriters: 'is not the only one that takes writes',
} as const satisfies Record<FindingName, string | null>

/**
 * A standby's heartbeat grows old when the standby is late, and as much when nobody writes any more. Only while the writer is
 * known to write is its age a bound of a loss. Null: it is one.
 */
export function whyNoLoss(finding: FindingName): string | null {
  return noLossBecause[finding]
}

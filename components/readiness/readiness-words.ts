import type { Status } from '@/model/observations'
import type { ReadinessKind, ReadinessOutcome } from '@/model/schemas/readiness'

export const verdictStatus = {
  ready: 'ok',
  risks: 'warn',
  unproven: 'unknown',
  'not-ready': 'crit',
  unknown: 'unknown',
} as const satisfies Record<ReadinessKind, Status>

/** A result that is not green says in its word why not. */
export const outcomeWords = {
  passed: { word: 'Passed', status: 'ok' },
  stale: { word: 'Stale', status: 'unknown' },
  unknown: { word: 'Unknown', status: 'unknown' },
  'not-configured': { word: 'Not configured', status: 'warn' },
  failed: { word: 'Failed', status: 'crit' },
} as const satisfies Record<ReadinessOutcome, { word: string; status: Status }>

/** What does not block is no alarm: it is a risk. */
export function statusOfCheck({ outcome, isBlocking }: { outcome: ReadinessOutcome; isBlocking: boolean }): Status {
  const { status } = outcomeWords[outcome]
  return status === 'crit' && !isBlocking ? 'warn' : status
}

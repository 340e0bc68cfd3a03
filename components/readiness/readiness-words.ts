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
const outcomeWords = {
  passed: { word: 'Passed', status: 'ok' },
  stale: { word: 'Stale', status: 'unknown' },
  unknown: { word: 'Unknown', status: 'unknown' },
  'not-configured': { word: 'Not configured', status: 'warn' },
  'never-drilled': { word: 'Never drilled', status: 'warn' },
  failed: { word: 'Failed', status: 'crit' },
} as const satisfies Record<ReadinessOutcome, { word: string; status: Status }>

/** What does not block is no alarm: it is a risk, and has a word of its own, so that one word has one colour. */
export function wordOfCheck(check: { outcome: ReadinessOutcome; isBlocking: boolean }): {
  status: Status
  word: string
} {
  if (check.outcome === 'failed' && !check.isBlocking) return { status: 'warn', word: 'At risk' }
  return outcomeWords[check.outcome]
}

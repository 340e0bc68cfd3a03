import type { FindingName } from '@/model/findings'

/** Shorter trouble is a restart, or a route that heals: nobody is woken for it. */
export const TROUBLE_MS_MIN = 10_000

/** A writer of which one of these is true takes no writes, or nobody can tell. A broken path of some vantages is none of them. */
const troubles: readonly FindingName[] = [
  'ServerDown',
  'ServerFrozen',
  'ServerUnreachable',
  'RefusingWrites',
  'StandbyInsteadOfPrimary',
  'WrongServer',
]

/** What was known of a cell's writer at the last look; null: nothing worth noting. */
export type Trouble = { member: string; sinceMs: number }

/**
 * How long a writer has been in trouble, from one look to the next. A running operation closes gates on purpose, so it is asked
 * for only between operations; a look that found nothing out changes nothing. Pure.
 */
export function decideTrouble(
  before: Trouble | null,
  { member, finding, isMoving }: { member: string; finding: FindingName; isMoving: boolean },
  nowMs: number,
): { trouble: Trouble | null; verdict: 'raise' | 'over' | 'wait' } {
  if (finding === 'ServerHealthy') return { trouble: null, verdict: 'over' }
  if (finding === 'NotObserved') return { trouble: before, verdict: 'wait' }
  if (isMoving || !troubles.includes(finding)) return { trouble: null, verdict: 'wait' }
  const trouble = before?.member === member ? before : { member, sinceMs: nowMs }
  return { trouble, verdict: nowMs - trouble.sinceMs >= TROUBLE_MS_MIN ? 'raise' : 'wait' }
}

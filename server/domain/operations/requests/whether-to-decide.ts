import { DomainError } from '@/model/errors'
import { whoMay } from '@/model/permissions'
import { STEP_UP_MAX_AGE_MS } from '@/model/schemas/session'
import type { Principal } from '@/server/context'
import { CLOCK_TOLERANCE_MS } from '../limits'
import type { OpenRequest } from './close-request'
import type { EligiblePerson } from './eligible-people'

export type Person = Extract<Principal, { kind: 'person' }>

/** Pure: why this person may not decide on this plan, or null. The database refuses the requester once more. */
export function whyNotDecide(
  request: Pick<OpenRequest, 'code' | 'status' | 'requesterId' | 'planHash'>,
  principal: Person,
  planHash: string,
  eligible: readonly EligiblePerson[],
): DomainError | null {
  if (request.status !== 'waiting') return new DomainError('conflict', `${request.code} is already ${request.status}.`)
  if (request.requesterId === principal.personId)
    return new DomainError('forbidden', 'You asked for this: another person must decide.', { rule: 'two-people' })
  if (request.planHash !== planHash)
    return new DomainError(
      'precondition-failed',
      `You read another plan than ${request.code} stands for: read it again.`,
      {
        rule: 'plan-hash',
      },
    )
  if (!eligible.some((person) => person.id === principal.personId))
    return new DomainError(
      'forbidden',
      `${whoMay('operation:approve')} A role granted after the plan was made does not count.`,
      {
        rule: 'role-before-plan',
      },
    )
  return null
}

/**
 * When the second factor was last proven, if that still counts at `now` (the catalog's clock). An instant from the future
 * is a wrong clock and proves nothing.
 */
export function provenAt(principal: Person, now: Date): Date {
  const until = steppedUpUntil(principal, now)
  if (!until || !principal.steppedUpAt)
    throw new DomainError(
      'step-up-required',
      'Prove your second factor again: the last proof is more than five minutes old.',
    )
  return principal.steppedUpAt
}

export function steppedUpUntil(principal: Person, now: Date): Date | null {
  if (!principal.steppedUpAt) return null
  const ageMs = now.getTime() - principal.steppedUpAt.getTime()
  if (ageMs > STEP_UP_MAX_AGE_MS || ageMs < -CLOCK_TOLERANCE_MS) return null
  return new Date(principal.steppedUpAt.getTime() + STEP_UP_MAX_AGE_MS)
}

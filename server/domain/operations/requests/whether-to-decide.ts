import { DomainError } from '@/model/errors'
import { whoMay } from '@/model/permissions'
import type { Person } from '@/server/context'
import type { OpenRequest } from './close-request'
import type { EligiblePerson } from './eligible-people'

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

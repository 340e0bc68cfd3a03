import type { Found } from './found'

export type Approvers = {
  /** Of a forced failover, which needs most. */
  quorum: number
  /** Enabled humans who may approve now. */
  people: readonly { id: string; name: string; hasSecondFactor: boolean }[]
  /** Enabled humans who may ask now. */
  requesters: readonly { id: string; name: string }[]
}

/** Pure: there must be somebody who can ask and leaves enough others to approve, each able to prove that it is them. */
export function judgeApprovers({ quorum, people, requesters }: Approvers): Found {
  const able = people.filter(({ hasSecondFactor }) => hasSecondFactor)
  const without = people.length - able.length
  const rest = without === 0 ? '' : ` ${without} more cannot: no second factor is set up.`
  const isScarceFor = (id: string) => able.filter((person) => person.id !== id).length < quorum
  const scarce = requesters.filter(({ id }) => isScarceFor(id)).map(({ name }) => name)
  if (able.length < quorum)
    return { outcome: 'failed', says: `${quorum} must approve a forced failover, and ${able.length} could.${rest}` }
  if (scarce.length === requesters.length)
    return {
      outcome: 'failed',
      says: `${able.length} could approve a forced failover, but nobody could ask for it and leave ${quorum} of them.${rest}`,
    }
  const but = scarce.length === 0 ? '' : ` Not enough are left when ${scarce.join(' or ')} asks.`
  return {
    outcome: 'passed',
    says: `${able.length} people could approve; a forced failover needs ${quorum}.${but}${rest}`,
  }
}

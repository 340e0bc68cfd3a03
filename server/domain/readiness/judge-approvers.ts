import type { Found } from './judge-cell'

export type Approvers = {
  /** Of a forced failover, which needs most. */
  quorum: number
  /** Enabled humans who may approve now. */
  people: readonly { id: string; name: string; hasSecondFactor: boolean; mayRequest: boolean }[]
}

/** Pure: enough others must be left whoever asks, and each must be able to prove it is them. */
export function judgeApprovers({ quorum, people }: Approvers): Found {
  const able = people.filter(({ hasSecondFactor }) => hasSecondFactor)
  const without = people.length - able.length
  const rest = without === 0 ? '' : ` ${without} more cannot: no second factor is set up.`
  const scarce = able.find(({ mayRequest }) => mayRequest && able.length - 1 < quorum)
  if (able.length < quorum)
    return { outcome: 'failed', says: `${quorum} must approve a forced failover, and ${able.length} could.${rest}` }
  if (scarce)
    return {
      outcome: 'failed',
      says: `${able.length} could approve, but not enough are left when ${scarce.name} asks.${rest}`,
    }
  return { outcome: 'passed', says: `${able.length} people could approve; a forced failover needs ${quorum}.${rest}` }
}

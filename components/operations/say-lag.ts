import { formatBytes, formatMs } from '@/model/format'
import type { OperationPlan } from '@/model/schemas/plans'

type Sight = { kind: OperationPlan['kind']; observed: Pick<OperationPlan['observed'], 'lagBytes' | 'heartbeatAgeMs'> }

/**
 * Pure: how far behind the target was, as a fact with its name; null for a plan that moves no writer. Behind a writer that may
 * be dead the age of its last word grows by the clock: that is neither a lag nor a loss.
 */
export function lagFact({ kind, observed: { lagBytes, heartbeatAgeMs } }: Sight): readonly [string, string] | null {
  if (kind === 'reinstatement') return null
  if (kind === 'forced-failover') {
    const age = heartbeatAgeMs === null ? null : formatMs(heartbeatAgeMs)
    const says =
      age === null ? 'when it last heard of its writer is not known' : `last heard of its writer ${age} before`
    return ['Target when planned', says]
  }
  const bytes = lagBytes === null ? 'bytes unknown' : formatBytes(lagBytes)
  return ['Lag when planned', `${bytes}, ${heartbeatAgeMs === null ? 'age unknown' : formatMs(heartbeatAgeMs)}`]
}

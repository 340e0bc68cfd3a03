import { formatCount } from '@/model/format'
import type { OperationPlan } from '@/model/schemas/plans'
import { CompareTable } from '../ui/CompareTable'

/** Before and after, by region: only what changes. */
export function ChangeTable({ plan }: { plan: OperationPlan }) {
  const rows = changesOf(plan).map(([what, was, is]) => ({ what, was, is }))
  return <CompareTable caption="What would change" heads={['Now', 'After']} rows={rows} />
}

function changesOf({ kind, source, target, epoch, blastRadius, redundancyDuring }: OperationPlan) {
  const tenants = `${formatCount(blastRadius.tenantCount)} tenants`
  const isForced = kind === 'forced-failover'
  return [
    ['Writer of the cell', `${source.member} in ${source.region}`, `${target.member} in ${target.region}`],
    [
      source.region,
      isForced ? `is named as the writer of ${tenants}` : `takes the writes of ${tenants}`,
      isForced ? 'is left behind: closed and read out before anything else' : 'holds a standby, once it is reinstated',
    ],
    [target.region, 'holds a standby', `takes the writes of ${tenants}`],
    ['Write epoch', epoch.from, epoch.to],
    ['Copies meanwhile', 'a writer and its standbys', redundancyDuring],
  ] as const
}

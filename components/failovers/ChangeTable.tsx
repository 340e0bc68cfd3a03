import { formatCount } from '@/model/format'
import type { OperationPlan } from '@/model/schemas/plans'
import { ScrollRegion } from '../ui/ScrollRegion'

/** Before and after, by region: only what changes. */
export function ChangeTable({ plan }: { plan: OperationPlan }) {
  return (
    <ScrollRegion label="What would change">
      <table className="w-full text-sm">
        <caption className="sr-only">What would change</caption>
        <thead>
          <tr className="text-left text-ink-3">
            <th scope="col" className="py-1 pr-4 font-medium">
              What
            </th>
            <th scope="col" className="py-1 pr-4 font-medium">
              Now
            </th>
            <th scope="col" className="py-1 font-medium">
              After
            </th>
          </tr>
        </thead>
        <tbody>
          {changesOf(plan).map(([what, before, after]) => (
            <tr key={what} className="border-t border-hairline">
              <th scope="row" className="py-1.5 pr-4 text-left font-normal text-ink-2">
                {what}
              </th>
              <td className="py-1.5 pr-4">{before}</td>
              <td className="py-1.5 font-medium text-ink-1">{after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function changesOf({ kind, source, target, epoch, blastRadius, redundancyDuring }: OperationPlan) {
  const tenants = `${formatCount(blastRadius.tenantCount)} tenants`
  const isForced = kind === 'forced-failover'
  return [
    ['Writer of the cell', `${source.member} in ${source.region}`, `${target.member} in ${target.region}`],
    [
      source.region,
      isForced ? `is named as the writer of ${tenants}` : `takes the writes of ${tenants}`,
      isForced ? 'is left behind: closed and read out when it returns' : 'holds a standby, once it is rebuilt',
    ],
    [target.region, 'holds a standby', `takes the writes of ${tenants}`],
    ['Write epoch', epoch.from, epoch.to],
    ['Copies meanwhile', 'a writer and its standbys', redundancyDuring],
  ] as const
}

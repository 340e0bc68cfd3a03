import { formatCount, formatRate } from '@/model/format'
import type { OperationPlan } from '@/model/schemas/plans'
import { Facts } from '../ui/Facts'

/** Who and what is touched beside the four numbers: the rest of the blast radius, in words. */
export function ImpactFacts({ plan }: { plan: OperationPlan }) {
  const { blastRadius, residency, target } = plan
  const { capacity, topTenants, tenantCount } = blastRadius
  const more = tenantCount - topTenants.length
  return (
    <Facts
      className="text-sm"
      facts={[
        ['Data classes', blastRadius.dataClasses.join(', ') || 'none declared'],
        ['Policies', sayPolicies(residency.policyVersions) || blastRadius.policies.join(', ') || 'none'],
        ['Load on the target', sayCapacity(target.member, capacity)],
        [
          'Migrations under way',
          blastRadius.openMigrationCount === 0 ? 'none' : formatCount(blastRadius.openMigrationCount),
        ],
        [
          'Tenants, for example',
          topTenants.length === 0
            ? 'none'
            : `${topTenants.map(({ name }) => name).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`,
        ],
        ['Meanwhile', plan.redundancyDuring],
      ]}
    />
  )
}

function sayPolicies(versions: OperationPlan['residency']['policyVersions']): string {
  return Object.entries(versions)
    .map(([code, version]) => `${code} v${version}`)
    .join(', ')
}

function sayCapacity(
  member: string,
  { writesPerSecondMax, headroomPercent }: OperationPlan['blastRadius']['capacity'],
) {
  if (writesPerSecondMax === null) return <span className="text-unknown">capacity of {member} is not declared</span>
  if (headroomPercent === null) return <span className="text-unknown">unknown: what is written is not reported</span>
  return `${formatRate(headroomPercent)} % of ${formatCount(writesPerSecondMax)} writes/s stay free on ${member}`
}

import type { OperationPlan } from '@/model/schemas/plans'

/** Pure: what is so when a request runs out, which for each kind is something else. */
export function ifNobodyActs(plan: OperationPlan, approveBy: Date): string {
  return `The request expires at ${approveBy.toISOString().slice(11, 16)}Z and nothing changes: ${whatStays(plan)}`
}

function whatStays(plan: OperationPlan): string {
  const { cell, source, target } = plan
  if (plan.kind === 'forced-failover')
    return plan.finding.name === 'ServerHealthy'
      ? `${cell} stays served from ${source.region}, where ${source.member} takes writes.`
      : `writes of ${cell} depend on ${source.member} coming back.`
  if (plan.kind === 'reinstatement')
    return `${source.member} stays closed with all that it holds, and ${cell} stays served from ${target.region}, without ${source.member} as its standby.`
  if (plan.kind === 'drill-switchover') return `there is no drill, and ${cell} stays served from ${source.region}.`
  return `${cell} stays served from ${source.region}.`
}

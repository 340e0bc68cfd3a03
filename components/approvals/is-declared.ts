import type { OperationPlan } from '@/model/schemas/plans'

/** Nothing proves that the old primary is closed: whoever says yes attests it. */
export function isDeclared(plan: OperationPlan): boolean {
  return plan.kind === 'forced-failover' && plan.isDeclared === true
}

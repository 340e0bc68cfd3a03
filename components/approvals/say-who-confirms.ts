import type { OperationPlan } from '@/model/schemas/plans'
import { isDeclared } from './is-declared'

/** Pure: who takes the overridden rules upon themselves besides whoever asked. */
export function sayWhoConfirms(plan: OperationPlan): string {
  if (plan.kind !== 'forced-failover' || !plan.isBreakGlass) return 'each approver confirms each'
  return isDeclared(plan) ? 'whoever attests confirms each' : 'nobody else confirms them'
}

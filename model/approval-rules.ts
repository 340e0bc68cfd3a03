import type { OperationPlan } from './schemas/plans'

/** What a plan alone says about approving it: read by the server, which refuses, and by the page, which says so before. */

/** The rule that a forced failover's loss must be bounded; without its override an unknown loss cannot be approved. */
export const LOSS_RULE = 'loss-is-bounded'

/** The sentence that stands in the way of every approval of this plan, or null. */
export function whyNotApprovable({ loss, overrides }: Pick<OperationPlan, 'loss' | 'overrides'>): string | null {
  if (loss.kind !== 'unknown' || overrides.some(({ rule }) => rule === LOSS_RULE)) return null
  return 'The data loss is unknown: it must be bounded, or the rule overridden by name, before anybody can approve.'
}

/** The rules that a plan overrides and that the approver has not confirmed one by one, in the plan's order. */
export function unconfirmedOverrides(
  { overrides }: Pick<OperationPlan, 'overrides'>,
  confirmed: readonly string[],
): string[] {
  return overrides.map(({ rule }) => rule).filter((rule) => !confirmed.includes(rule))
}

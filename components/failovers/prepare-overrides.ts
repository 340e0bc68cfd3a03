import { isReason } from '@/model/reason'
import type { Check, Override } from '@/model/schemas/plans'
import type { Reasons } from './OverrideList'

/** Pure: what is sent. A rule without a reason yet is not overridden. */
export function prepareOverrides(reasons: Reasons): Override[] {
  return Object.entries(reasons)
    .map(([rule, reason]) => ({ rule, reason: reason.trim() }))
    .filter(({ reason }) => isReason(reason))
    .sort((a, b) => a.rule.localeCompare(b.rule))
}

/** Pure: why the plan on screen may not be asked for: what is ticked now is not what it was made with. Null when it is. */
export function whyOverridesDiffer(checks: readonly Check[], reasons: Reasons): string | null {
  const made = checks
    .filter((check) => check.overriddenBecause !== undefined)
    .map(({ rule, overriddenBecause }) => ({ rule, reason: overriddenBecause as string }))
    .sort((a, b) => a.rule.localeCompare(b.rule))
  const ticked = Object.keys(reasons).filter((rule) =>
    checks.some((check) => check.rule === rule && check.outcome !== 'passed'),
  )
  const now = prepareOverrides(reasons).filter(({ rule }) => ticked.includes(rule))
  const isSame = now.length === ticked.length && JSON.stringify(now) === JSON.stringify(made)
  return isSame ? null : 'These overrides are not part of this dry run yet: run it again.'
}

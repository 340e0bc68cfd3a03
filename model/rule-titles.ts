/**
 * The rules of a forced failover, by the words that people know them by: each title says what holds when the rule is kept. Plans,
 * requests and uses of break-glass keep the bare names, and are read long after their checks are gone.
 */
export const forcedRuleTitles = {
  'one-operation-per-scope': 'Nothing else is running or asked for',
  'no-hold': 'Nothing holds operations back',
  'no-migration-running': 'No tenant of the cell is being moved',
  'primary-is-not-healthy': 'The primary is in trouble',
  'target-seen-fresh': 'The target was seen just now',
  'target-is-a-standby-of-the-family': 'The target continues the old primary',
  'target-is-the-most-advanced': 'No other standby has more',
  'gate-protects-every-table': 'The gate covers every table',
  'loss-is-bounded': 'The loss has a bound',
  'residency-of-every-affected-tenant': 'Every tenant may be served there',
  'capacity-headroom': 'The target can carry the load',
  'fence-is-possible': 'The old primary can be fenced',
  'enough-writable-regions': 'Other regions keep taking writes',
  'cool-down': 'The last failover was acknowledged',
  'clock-skew': 'The clock of the target agrees',
} as const

const otherTitles: Readonly<Record<string, string>> = { quorum: 'Other people have approved it' }

/** A rule of a later version is shown by its name rather than hidden. */
export function titleOfRule(rule: string): string {
  return rule in forcedRuleTitles
    ? forcedRuleTitles[rule as keyof typeof forcedRuleTitles]
    : (otherTitles[rule] ?? rule)
}

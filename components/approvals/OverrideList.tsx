import { titleOfRule } from '@/model/rule-titles'
import type { OperationPlan } from '@/model/schemas/plans'
import { StatusGlyph } from '../ui/StatusGlyph'
import { sayWhoConfirms } from './say-who-confirms'

/** Rules that somebody takes upon themselves, each with its own reason. Nothing where there are none. */
export function OverrideList({ plan }: { plan: OperationPlan }) {
  const { overrides } = plan
  if (overrides.length === 0) return null
  return (
    <section aria-label="Overridden rules" className="grid gap-1.5 text-sm">
      <p className="font-medium text-ink-1">
        {overrides.length === 1 ? '1 rule is overridden' : `${overrides.length} rules are overridden`};{' '}
        {sayWhoConfirms(plan)}
      </p>
      <ul className="grid gap-1.5">
        {overrides.map(({ rule, reason }) => (
          <li key={rule} className="grid grid-cols-[1rem_1fr] gap-2">
            <span className="pt-1">
              <StatusGlyph status="warn" size={10} />
            </span>
            <span>
              <span className="font-medium text-ink-1">“{titleOfRule(rule)}”</span> does not count, because: {reason}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

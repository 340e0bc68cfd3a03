import type { Check, Override } from '@/model/schemas/plans'
import { StatusGlyph } from '../ui/StatusGlyph'

export function titleOfRule(rule: string, checks: readonly Check[]): string {
  return checks.find((check) => check.rule === rule)?.title ?? rule
}

/** Rules that somebody takes upon themselves, each with its own reason. Nothing where there are none. */
export function OverrideList({ overrides, checks }: { overrides: readonly Override[]; checks: readonly Check[] }) {
  if (overrides.length === 0) return null
  return (
    <section aria-label="Overridden rules" className="grid gap-1.5 text-sm">
      <p className="font-medium text-ink-1">
        {overrides.length === 1 ? '1 rule is overridden' : `${overrides.length} rules are overridden`}; each approver
        confirms each
      </p>
      <ul className="grid gap-1.5">
        {overrides.map(({ rule, reason }) => (
          <li key={rule} className="grid grid-cols-[1rem_1fr] gap-2">
            <span className="pt-1">
              <StatusGlyph status="warn" size={10} />
            </span>
            <span>
              <span className="font-medium text-ink-1">{titleOfRule(rule, checks)}</span>{' '}
              <span className="text-ink-3">({rule})</span>: {reason}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

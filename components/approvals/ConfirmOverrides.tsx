import { titleOfRule } from '@/model/rule-titles'
import type { Override } from '@/model/schemas/plans'

/** One box a rule, none of them ticked for anybody. */
export function ConfirmOverrides({
  overrides,
  confirmed,
  onChange,
}: {
  overrides: readonly Override[]
  confirmed: readonly string[]
  onChange: (confirmed: string[]) => void
}) {
  if (overrides.length === 0) return null
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium text-ink-1">Confirm each rule that this plan overrides</legend>
      {overrides.map(({ rule, reason }) => (
        <label key={rule} className="flex min-h-11 items-start gap-3 text-sm">
          <input
            type="checkbox"
            className="mt-0.5 size-5 shrink-0 accent-primary"
            checked={confirmed.includes(rule)}
            onChange={(event) =>
              onChange(event.target.checked ? [...confirmed, rule] : confirmed.filter((other) => other !== rule))
            }
          />
          <span>
            <span className="font-medium text-ink-1">{titleOfRule(rule)}</span>: not so, or not known. Overridden
            because: {reason}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

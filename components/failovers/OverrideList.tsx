'use client'
import type { Status } from '@/model/observations'
import type { Check } from '@/model/schemas/plans'
import { SaidOfCheck } from '../approvals/CheckList'
import { TextField } from '../ui/Field'
import { StatusGlyph } from '../ui/StatusGlyph'

/** Reasons by rule; a rule that is not here is not overridden. */
export type Reasons = Readonly<Record<string, string>>

const glyphs = { passed: 'ok', failed: 'crit', unknown: 'unknown' } as const satisfies Record<Check['outcome'], Status>

/** Every rule that did not pass: each is overridden by itself, by name, with a reason of its own, or cannot be. */
export function OverrideList({
  checks,
  reasons,
  onChange,
}: {
  checks: readonly Check[]
  reasons: Reasons
  onChange: (reasons: Reasons) => void
}) {
  return (
    <ul className="grid gap-3">
      {checks.map((check) => (
        <li key={check.rule} data-rule={check.rule} data-outcome={check.outcome} className="grid gap-1.5 text-sm">
          <p className="grid grid-cols-[1rem_1fr] gap-2">
            <span className="pt-1">
              <StatusGlyph status={glyphs[check.outcome]} size={10} />
            </span>
            <SaidOfCheck check={check} />
          </p>
          <div className="pl-6">
            {check.isOverridable ? (
              <OverrideField check={check} reasons={reasons} onChange={onChange} />
            ) : (
              <p className="text-ink-3">This rule cannot be overridden.</p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

function OverrideField({
  check,
  reasons,
  onChange,
}: {
  check: Check
  reasons: Reasons
  onChange: (reasons: Reasons) => void
}) {
  const reason = reasons[check.rule]
  const onTick = (isTicked: boolean) => {
    const { [check.rule]: _, ...others } = reasons
    onChange(isTicked ? { ...others, [check.rule]: '' } : others)
  }
  return (
    <div className="grid gap-2">
      <label className="inline-flex min-h-6 items-center gap-2 text-ink-1 max-md:min-h-11">
        <input
          type="checkbox"
          checked={reason !== undefined}
          onChange={(event) => onTick(event.target.checked)}
          className="size-4 accent-active"
        />
        Override “{check.title}”
      </label>
      {reason !== undefined && (
        <TextField
          label={`Why “${check.title}” may be overridden`}
          hint="Part of the plan: the approvers read it."
          maxLength={500}
          value={reason}
          onChange={(event) => onChange({ ...reasons, [check.rule]: event.target.value })}
        />
      )}
    </div>
  )
}

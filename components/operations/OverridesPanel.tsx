import { titleOfRule } from '@/model/rule-titles'
import type { OperationDetail } from '@/model/schemas/operations'
import { PanelFrame } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { StatusPill } from '../ui/StatusPill'

/** What this run went past: the quorum, by name, and every rule, each with the reason that was given for it. */
export function OverridesPanel({ operation: { breakGlass, plan } }: { operation: OperationDetail }) {
  if (!breakGlass && plan.overrides.length === 0) return null
  return (
    <PanelFrame title="Overridden">
      <ul className="grid gap-2 text-sm">
        {breakGlass && (
          <li className="grid gap-1">
            <p className="flex flex-wrap items-center gap-2">
              <StatusPill status="crit" word="Break-glass" />
              <span className="text-ink-1">Started by {breakGlass.person.name} without the approval of others.</span>
            </p>
            <p className="text-ink-2">Because: {breakGlass.reason}</p>
            <p className="text-ink-3">
              {breakGlass.reviewedAt ? (
                <>
                  Reviewed <TimeStamp at={breakGlass.reviewedAt} />
                </>
              ) : (
                'Not reviewed yet: another person has to.'
              )}
            </p>
          </li>
        )}
        {plan.overrides.map(({ rule, reason }) => (
          <li key={rule}>
            <span className="font-medium text-ink-1">“{titleOfRule(rule)}”</span>{' '}
            <span className="text-ink-2">did not count, because: {reason}</span>
          </li>
        ))}
      </ul>
    </PanelFrame>
  )
}

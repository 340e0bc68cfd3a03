import { formatMs } from '@/model/format'
import type { FailoverPreview } from '@/model/schemas/failovers'
import type { Check, ForcedFailoverPlan } from '@/model/schemas/plans'
import { whyAboveObjective } from '../operations/say-loss'
import { Notice } from '../ui/Notice'

/** The outcome in one sentence: whether it can be asked for, and when not, what kind of thing is in the way. */
export function ForcedVerdict({ preview: { plan, checks } }: { preview: FailoverPreview }) {
  const against = checks.filter((check) => check.outcome !== 'passed' && check.overriddenBecause === undefined)
  const overridden = checks.filter((check) => check.overriddenBecause !== undefined)
  const loss = against.find((check) => check.rule === 'loss-is-bounded')
  if (plan) return <Standing plan={plan} overridden={overridden} />
  const isFinal = against.some((check) => !check.isOverridable)
  return (
    <div className="grid gap-3">
      <Notice status="crit">
        It cannot be asked for: {against.length} of {checks.length} checks did not pass. Nothing was changed.{' '}
        {isFinal
          ? 'At least one of them cannot be overridden: that no server is safe is a legitimate answer.'
          : 'Each can be overridden by name below, with its own reason.'}
      </Notice>
      {loss && (
        <Notice status="unknown">
          The data loss is unknown, so nobody can approve it: {loss.says} Measure it again, or override “{loss.title}”
          by name.
        </Notice>
      )}
    </div>
  )
}

/** A plan that may be asked for, and what about it must not be overlooked. */
function Standing({ plan, overridden }: { plan: ForcedFailoverPlan; overridden: readonly Check[] }) {
  const tooMuch = whyAboveObjective(plan.loss)
  return (
    <div className="grid gap-3 empty:hidden">
      {tooMuch && (
        <Notice status="warn">
          The loss may be up to {formatMs(plan.loss.seconds! * 1000)}: {tooMuch} of {plan.cell}. That does not keep
          anybody from asking for it; the approvers see the same.
        </Notice>
      )}
      {overridden.length > 0 && (
        <Notice status="warn">
          This plan stands on{' '}
          {overridden.length === 1 ? 'one overridden rule' : `${overridden.length} overridden rules`}:{' '}
          {overridden.map(({ title }) => title).join(', ')}. The approvers confirm each.
        </Notice>
      )}
    </div>
  )
}

import { formatCount, formatMs, formatMsBare } from '@/model/format'
import type { OperationPlan } from '@/model/schemas/plans'
import { cx } from '../ui/cx'
import { Figure } from '../ui/Facts'
import { StatusPill } from '../ui/StatusPill'
import { pauseNames } from './pause-names'
import { sayLoss, whyAboveObjective } from './say-loss'

/** The four numbers that a decision rests on, each with its whole basis, which is approved with it: equal in plan, approval and operation. */
export function BlastRadius({ plan }: { plan: OperationPlan }) {
  const { blastRadius, loss, writePauseEstimate, residency } = plan
  const tooMuch = whyAboveObjective(loss)
  return (
    <div className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4 lg:grid-rows-[auto_1fr] lg:gap-y-0">
      <Figure
        name="Tenants affected"
        className="lg:col-start-1 lg:row-span-2 lg:row-start-1"
        value={formatCount(blastRadius.tenantCount)}
        note={
          blastRadius.writesPerSecond === null
            ? 'writes per second: unknown'
            : `${formatMsBare(blastRadius.writesPerSecond)} writes/s`
        }
      />
      <Figure
        name="Data loss"
        value={sayLoss(loss)}
        className="lg:col-start-2 lg:row-start-1"
        note={tooMuch && <StatusPill status="warn" word={tooMuch} bare />}
      />
      <Basis of="Data loss" className="lg:col-start-2 lg:row-start-2">
        {loss.basis}
      </Basis>
      <Figure
        name={pauseNames[plan.kind === 'forced-failover' ? 'forced' : 'lossless'].estimated}
        value={`${formatMs(writePauseEstimate.lowMs)} to ${formatMs(writePauseEstimate.highMs)}`}
        className="lg:col-start-3 lg:row-start-1"
      />
      <Basis of="Write pause" className="lg:col-start-3 lg:row-start-2">
        {writePauseEstimate.basis}
      </Basis>
      <Figure
        name="Residency"
        className="lg:col-start-4 lg:row-span-2 lg:row-start-1"
        value={sayResidency(residency)}
        note={`${formatCount(residency.checkedCount)} of ${formatCount(blastRadius.tenantCount)} tenants checked`}
      />
    </div>
  )
}

/** Below its number; on a phone below all four, where it has the width to be read in full while they stay on one screen. */
function Basis({ of: number, className, children }: { of: string; className: string; children: string }) {
  return (
    <p className={cx('text-xs text-ink-3 max-lg:order-last max-lg:col-span-2', className)}>
      <span className="lg:hidden">{number}: </span>
      {children}
    </p>
  )
}

function sayResidency({ verdict, violations }: OperationPlan['residency']): string {
  if (verdict === 'allowed') return '0 breaches'
  if (verdict === 'unknown') return 'Unknown'
  return `${violations.reduce((sum, { tenantCount }) => sum + tenantCount, 0)} tenants in breach`
}

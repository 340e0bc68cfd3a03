import type { OperationPlan } from '@/model/schemas/plans'
import { Figure } from '../ui/Facts'
import { formatBytes, formatCount, formatMs, formatMsBare } from '../ui/format'

/** The four numbers that a decision rests on, each with its whole basis, which is approved with it: equal in plan, approval and operation. */
export function BlastRadius({ plan }: { plan: OperationPlan }) {
  const { blastRadius, loss, writePauseEstimate, residency } = plan
  return (
    <div className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
      <Figure
        name="Tenants affected"
        value={formatCount(blastRadius.tenantCount)}
        note={
          blastRadius.writesPerSecond === null
            ? 'writes per second: unknown'
            : `${formatMsBare(blastRadius.writesPerSecond)} writes/s`
        }
      />
      <Figure name="Data loss" value={sayLoss(loss)} note={loss.basis} />
      <Figure
        name="Write pause, estimated"
        value={`${formatMs(writePauseEstimate.lowMs)} to ${formatMs(writePauseEstimate.highMs)}`}
        note={writePauseEstimate.basis}
      />
      <Figure
        name="Residency"
        value={sayResidency(residency)}
        note={`${formatCount(residency.checkedCount)} of ${formatCount(blastRadius.tenantCount)} tenants checked`}
      />
    </div>
  )
}

export function sayLoss(loss: OperationPlan['loss']): string {
  if (loss.kind === 'none') return 'None'
  if (loss.kind === 'unknown') return 'Unknown'
  const bounds = [
    loss.seconds !== null && formatMs(loss.seconds * 1000),
    loss.bytes !== null && formatBytes(loss.bytes),
    loss.transactions !== null && `${loss.transactions} tx`,
  ].filter(Boolean)
  return `≤ ${bounds.join(', ')}`
}

function sayResidency({ verdict, violations }: OperationPlan['residency']): string {
  if (verdict === 'allowed') return '0 breaches'
  if (verdict === 'unknown') return 'Unknown'
  return `${violations.reduce((sum, { tenantCount }) => sum + tenantCount, 0)} tenants in breach`
}

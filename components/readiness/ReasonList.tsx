import { type CellReadiness, isBlocker } from '@/model/schemas/readiness'
import { cx } from '../ui/cx'
import { StatusPill } from '../ui/StatusPill'
import { FixOf } from './FixOf'
import { wordOfCheck } from './readiness-words'

/** What keeps a cell from being ready: blockers first and marked, each with its weight and with what puts it right. */
export function ReasonList({ cell }: { cell: CellReadiness }) {
  const reasons = cell.checks
    .filter(({ outcome }) => outcome !== 'passed')
    .toSorted((a, b) => Number(isBlocker(b)) - Number(isBlocker(a)) || b.weight - a.weight)
  if (reasons.length === 0) return null
  return (
    <ul aria-label={`What keeps ${cell.cellId} from being ready`} className="grid gap-1.5 text-sm">
      {reasons.map((reason) => (
        <li key={reason.check} className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
          <span className={cx('w-14 text-xs', isBlocker(reason) ? 'font-semibold text-crit' : 'text-ink-3')}>
            {isBlocker(reason) ? 'Blocks' : 'Risk'}
          </span>
          <StatusPill {...wordOfCheck(reason)} bare />
          <span className="font-medium text-ink-1">{reason.title}</span>
          <span className="min-w-0 text-ink-2">{reason.says}</span>
          <span className="whitespace-nowrap text-ink-3">weight {reason.weight}</span>
          <FixOf fix={reason.fix} />
        </li>
      ))}
    </ul>
  )
}

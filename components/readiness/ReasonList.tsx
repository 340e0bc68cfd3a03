import Link from 'next/link'
import type { CellReadiness } from '@/model/schemas/readiness'
import { StatusPill } from '../ui/StatusPill'
import { outcomeWords, statusOfCheck } from './readiness-words'

/** What keeps a cell from being ready: blockers first, each with its weight and with the place where it can be put right. */
export function ReasonList({ cell }: { cell: CellReadiness }) {
  const reasons = cell.checks
    .filter(({ outcome }) => outcome !== 'passed')
    .toSorted((a, b) => Number(b.isBlocking) - Number(a.isBlocking) || b.weight - a.weight)
  if (reasons.length === 0) return null
  return (
    <ul aria-label={`What keeps ${cell.cellId} from being ready`} className="grid gap-1.5 text-sm">
      {reasons.map((reason) => (
        <li key={reason.check} className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
          <StatusPill status={statusOfCheck(reason)} word={outcomeWords[reason.outcome].word} bare />
          <span className="font-medium text-ink-1">{reason.title}</span>
          <span className="min-w-0 text-ink-2">{reason.says}</span>
          <span className="whitespace-nowrap text-ink-3">weight {reason.weight}</span>
          <Link
            href={reason.fix.path}
            prefetch={false}
            className="inline-flex min-h-6 items-center text-ink-1 underline underline-offset-2"
          >
            {reason.fix.label}
          </Link>
        </li>
      ))}
    </ul>
  )
}

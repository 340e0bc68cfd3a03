import type { Status } from '@/model/observations'
import type { Check } from '@/model/schemas/plans'
import { StatusGlyph } from '../ui/StatusGlyph'

const glyphs = { passed: 'ok', failed: 'crit', unknown: 'unknown' } as const satisfies Record<Check['outcome'], Status>
const order = { failed: 0, unknown: 1, passed: 2 } as const satisfies Record<Check['outcome'], number>

/** What was checked, failures first. Unknown is a failure to know, not a pass. */
export function CheckList({ checks }: { checks: readonly Check[] }) {
  const sorted = [...checks].sort((a, b) => order[a.outcome] - order[b.outcome])
  return (
    <ul className="grid gap-1.5 text-sm">
      {sorted.map((check) => (
        <li
          key={check.rule}
          data-rule={check.rule}
          data-outcome={check.outcome}
          className="grid grid-cols-[1rem_1fr] gap-2"
        >
          <span className="pt-1">
            <StatusGlyph status={glyphs[check.outcome]} size={10} />
          </span>
          <span>
            <span className="font-medium text-ink-1">{check.title}</span>{' '}
            <span className="sr-only">{check.outcome}: </span>
            <span className={check.outcome === 'passed' ? 'text-ink-3' : 'text-ink-1'}>{check.says}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

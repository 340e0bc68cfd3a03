import type { Status } from '@/model/observations'
import type { Check } from '@/model/schemas/plans'
import { cx } from '../ui/cx'
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
          <SaidOfCheck check={check} />
        </li>
      ))}
    </ul>
  )
}

const words = { passed: null, failed: 'Not so:', unknown: 'Not known:' } as const satisfies Record<
  Check['outcome'],
  string | null
>

/** A title says what holds when the rule is kept, so what did not pass begins with that. */
export function SaidOfCheck({ check: { outcome, title, says } }: { check: Check }) {
  return (
    <span>
      {words[outcome] ? (
        <span className={cx('font-medium', outcome === 'failed' ? 'text-crit' : 'text-unknown')}>
          {words[outcome]}{' '}
        </span>
      ) : (
        <span className="sr-only">passed: </span>
      )}
      <span className="font-medium text-ink-1">{title}</span>
      {outcome === 'passed' ? ' ' : '. '}
      <span className={outcome === 'passed' ? 'text-ink-3' : 'text-ink-1'}>{says}</span>
    </span>
  )
}

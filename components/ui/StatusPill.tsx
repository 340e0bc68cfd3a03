import type { Status } from '@/model/observations'
import { cx } from './cx'
import { StatusGlyph, statusText } from './StatusGlyph'

export const statusWords = {
  ok: 'Healthy',
  warn: 'Degraded',
  crit: 'Down',
  active: 'Running',
  unknown: 'Unknown',
} as const satisfies Record<Status, string>

/** Shape, colour and word of a status. `word` replaces the usual word by one that says more: "Ready", "Expiring". */
export function StatusPill({ status, word, bare }: { status: Status; word?: string; bare?: boolean }) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 whitespace-nowrap text-sm font-medium',
        statusText[status],
        !bare && boxes[status],
      )}
    >
      <StatusGlyph status={status} size={10} />
      {word ?? statusWords[status]}
    </span>
  )
}

/* OK is quiet: it has an outline only. A fill is kept for what needs somebody. */
const box = 'rounded-sm border px-1.5 py-px'
const boxes = {
  ok: cx(box, 'border-hairline'),
  warn: cx(box, 'border-warn/40 bg-warn/6'),
  crit: cx(box, 'border-crit/50 bg-crit/12'),
  active: cx(box, 'border-active/50'),
  unknown: cx(box, 'border-dashed border-unknown/60'),
} as const satisfies Record<Status, string>

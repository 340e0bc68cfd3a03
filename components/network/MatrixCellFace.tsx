import { ArrowLeftRight, CircleDashed, MessageSquareWarning, Unplug } from 'lucide-react'
import { formatMsBare, formatRatio } from '@/model/format'
import type { MatrixCell, RollUp } from './prepare-matrix'

/** What stands in a cell. "No probe", "not yet" and "down" are three different facts with three different signs. */
export function MatrixCellFace({ cell }: { cell: MatrixCell }) {
  if (cell.kind === 'self') return <span aria-hidden>·</span>
  if (cell.kind === 'up') return <Value cell={cell} />
  if (cell.kind === 'last-known') return <span className="text-unknown">last {formatMsBare(cell.valueMs)}</span>
  if (cell.kind === 'down') return <span className="font-medium text-crit">✕ down</span>
  if (cell.kind === 'answers')
    return (
      <span className="inline-flex items-center gap-1 text-warn" title={cell.says}>
        <MessageSquareWarning aria-hidden size={12} /> no read
      </span>
    )
  if (cell.kind === 'probe-missing')
    return (
      <span className="inline-flex items-center gap-1 text-ink-3" title="Nobody measures this pair">
        <Unplug aria-hidden size={12} /> no probe
      </span>
    )
  return (
    <span className="inline-flex items-center gap-1 text-unknown">
      <CircleDashed aria-hidden size={12} /> {cell.kind === 'no-sample' ? 'no sample' : 'not yet'}
    </span>
  )
}

function Value({ cell }: { cell: Extract<MatrixCell, { kind: 'up' }> }) {
  return (
    <span className="inline-flex items-center gap-1">
      {cell.link.asymmetric && (
        <span title="More than 20 % off the way back">
          <ArrowLeftRight aria-hidden size={11} />
        </span>
      )}
      {formatMsBare(cell.valueMs)}
    </span>
  )
}

/** The worst of a row or column, and how many of its links are heard. */
export function RollUpFace({ rollUp: { worst, upCount, count } }: { rollUp: RollUp }) {
  return (
    <span className="text-ink-2">
      {worst && <WorstWord worst={worst} />}{' '}
      <span className={upCount < count ? 'text-ink-1' : 'text-ink-3'}>
        {upCount}/{count}
      </span>
    </span>
  )
}

function WorstWord({ worst }: { worst: MatrixCell }) {
  if (worst.kind === 'down') return <span className="font-medium text-crit">✕ down</span>
  if (worst.kind === 'answers') return <span className="text-warn">no read</span>
  if (worst.kind === 'up') return worst.ratio === null ? `${formatMsBare(worst.valueMs)} ms` : formatRatio(worst.ratio)
  return <span className="text-unknown">unknown</span>
}

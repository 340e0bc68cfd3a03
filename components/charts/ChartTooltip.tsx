import type { ChartRow, Series } from './prepare-time-series'
import { seriesLooks } from './series-looks'

/** Repeats what the table has: the instant and each value under the crosshair. */
export function ChartTooltip({
  atMs,
  series,
  row,
  format,
}: {
  atMs: number
  series: readonly Series[]
  row: ChartRow | undefined
  format: (value: number) => string
}) {
  return (
    <div className="rounded-sm border border-control bg-surface-2 px-2 py-1 text-xs text-ink-1">
      <p className="text-ink-3">{new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')}Z</p>
      {series.map(({ id, label }, index) => {
        const value = row?.[id]
        return (
          <p key={id} className="flex items-center justify-between gap-3">
            <span className="inline-flex items-center gap-1.5">
              <svg aria-hidden width="14" height="4">
                <path
                  d="M0 2H14"
                  stroke={seriesLooks[index]?.stroke}
                  strokeWidth="2"
                  strokeDasharray={seriesLooks[index]?.dash}
                />
              </svg>
              {label}
            </span>
            <span>{value == null ? 'no sample' : format(value)}</span>
          </p>
        )
      })}
    </div>
  )
}

'use client'
import { useEffect, useId, useRef, useState } from 'react'
import { CartesianGrid, Line, LineChart, ReferenceArea, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts'
import { ChartTooltip } from './ChartTooltip'
import type { PreparedChart, Series } from './prepare-time-series'
import { spreadLabels } from './prepare-time-series'
import { Hatch } from './Sparkline'
import { seriesLooks } from './series-looks'

const MARGIN = { top: 8, right: 72, bottom: 0, left: 0 }
const AXIS_WIDTH = 56
const AXIS_HEIGHT = 22
const LABEL_GAP = 14

/** The only file that knows Recharts. */
export function TimeSeriesChart({
  series,
  prepared,
  window,
  format,
  threshold,
  heightPx,
  syncId,
}: {
  series: readonly Series[]
  prepared: PreparedChart
  window: { fromMs: number; toMs: number }
  format: (value: number) => string
  threshold: { value: number; name: string } | null
  heightPx: number
  syncId?: string
}) {
  const hatchId = useId()
  const { ref, widthPx } = useWidth()
  const { rows, valueMax, ticks, silentFromMs } = prepared
  const label = { fill: 'var(--ink-3)', fontSize: 12 }
  return (
    <div ref={ref} className="relative size-full">
      {widthPx > 0 && (
        <>
          <LineChart
            width={widthPx}
            height={heightPx}
            data={rows}
            margin={MARGIN}
            syncId={syncId}
            syncMethod="value"
            accessibilityLayer={false}
          >
            <Hatch id={hatchId} />
            <CartesianGrid stroke="var(--hairline)" vertical={false} />
            <XAxis
              dataKey="atMs"
              type="number"
              domain={[window.fromMs, window.toMs]}
              ticks={ticks}
              tickFormatter={utcMinute}
              tick={label}
              stroke="var(--hairline)"
              tickLine={false}
              height={AXIS_HEIGHT}
              allowDataOverflow
            />
            <YAxis
              domain={[0, valueMax]}
              tickFormatter={format}
              tick={label}
              stroke="none"
              width={AXIS_WIDTH}
              ticks={[0, valueMax / 2, valueMax]}
              allowDataOverflow
            />
            {silentFromMs !== null && (
              <ReferenceArea
                x1={silentFromMs}
                x2={window.toMs}
                y1={0}
                y2={valueMax}
                fill={`url(#${hatchId})`}
                stroke="none"
              />
            )}
            {threshold && threshold.value <= valueMax && (
              <ReferenceLine
                y={threshold.value}
                stroke="var(--warn)"
                strokeDasharray="4 3"
                label={{
                  value: `${threshold.name} ${format(threshold.value)}`,
                  position: 'insideTopLeft',
                  fill: 'var(--warn)',
                  fontSize: 12,
                }}
              />
            )}
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: 'var(--control)' }}
              content={({ active, label: atMs }) =>
                active && typeof atMs === 'number' ? (
                  <ChartTooltip
                    atMs={atMs}
                    series={series}
                    row={rows.find((row) => row.atMs === atMs)}
                    format={format}
                  />
                ) : null
              }
            />
            {series.map(({ id }, index) => (
              <Line
                key={id}
                dataKey={id}
                stroke={seriesLooks[index]?.stroke}
                strokeDasharray={seriesLooks[index]?.dash}
                strokeWidth={1.5}
                dot={false}
                activeDot={{ r: 3 }}
                isAnimationActive={false}
                connectNulls={false}
                type="linear"
              />
            ))}
          </LineChart>
          <EndLabels series={series} prepared={prepared} heightPx={heightPx} format={format} />
        </>
      )}
      <span className="absolute right-2 bottom-0 text-xs text-ink-3">UTC</span>
    </div>
  )
}

/** The name and the last value of each line, at its end: a legend would have to be matched by colour. */
function EndLabels({
  series,
  prepared,
  heightPx,
  format,
}: {
  series: readonly Series[]
  prepared: PreparedChart
  heightPx: number
  format: (value: number) => string
}) {
  const isSilent = prepared.silentFromMs !== null
  const plotPx = heightPx - MARGIN.top - AXIS_HEIGHT
  const wanted = prepared.ends.map(({ value }) => plotPx * (1 - Math.min(1, value / prepared.valueMax)))
  const placed = spreadLabels(wanted, LABEL_GAP * (series.length > 1 ? 2 : 1), plotPx)
  return prepared.ends.map(({ id, label, value }, index) => {
    const look = seriesLooks[series.findIndex((known) => known.id === id)]
    return (
      <span
        key={id}
        aria-hidden
        className="pointer-events-none absolute right-0 w-17 -translate-y-1/2 truncate text-xs leading-3.5"
        style={{ top: MARGIN.top + (placed[index] ?? 0), color: isSilent ? 'var(--unknown)' : look?.stroke }}
      >
        {series.length > 1 && <span className="block truncate">{label}</span>}
        {isSilent && 'last '}
        {format(value)}
      </span>
    )
  })
}

function utcMinute(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16)
}

/** The drawing needs pixels, which only the browser knows. Recharts' own container prints badly. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null)
  const [widthPx, setWidth] = useState(0)
  useEffect(() => {
    if (!ref.current) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)))
    observer.observe(ref.current)
    return () => observer.disconnect()
  }, [])
  return { ref, widthPx }
}

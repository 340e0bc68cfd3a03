import { useId } from 'react'
import type { SeriesPoint } from '@/model/schemas/common'
import { prepareSparkline, sayChart } from './prepare-sparkline'

/** A line of at most some sixty samples, as plain SVG. The last value stands beside it as text; this draws only the line. */
export function Sparkline({
  name,
  points,
  window,
  format,
  threshold = null,
  valueMax,
  width = 160,
  height = 36,
}: {
  /** What the line is of: "Lag of sin-2". */
  name: string
  points: readonly SeriesPoint[]
  window: { fromMs: number; toMs: number }
  format: (value: number) => string
  threshold?: { value: number; name: string } | null
  valueMax?: number
  width?: number
  height?: number
}) {
  const hatchId = useId()
  const drawn = prepareSparkline(points, { ...window, width, height, valueMax, threshold: threshold?.value ?? null })
  return (
    <svg
      role="img"
      aria-label={sayChart(name, points, format, threshold)}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="block h-9 w-full overflow-visible"
    >
      <Hatch id={hatchId} />
      <line
        x1="0"
        x2={width}
        y1={height - 1.5}
        y2={height - 1.5}
        stroke="var(--hairline)"
        vectorEffect="non-scaling-stroke"
      />
      {drawn.thresholdY !== null && (
        <line
          x1="0"
          x2={width}
          y1={drawn.thresholdY}
          y2={drawn.thresholdY}
          stroke="var(--warn)"
          strokeDasharray="3 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {drawn.silentFromX !== null && (
        <rect x={drawn.silentFromX} y="0" width={width - drawn.silentFromX} height={height} fill={`url(#${hatchId})`} />
      )}
      {drawn.runs.map((run) => (
        <path
          key={run}
          d={run}
          fill="none"
          stroke="var(--series-1)"
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {drawn.dots.map((dot) => (
        <circle key={dot.x} cx={dot.x} cy={dot.y} r="1.5" fill="var(--series-1)" />
      ))}
    </svg>
  )
}

/** The pattern for "nothing was heard here". */
export function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" stroke="var(--unknown)" strokeOpacity="0.45" strokeWidth="1.5" />
      </pattern>
    </defs>
  )
}

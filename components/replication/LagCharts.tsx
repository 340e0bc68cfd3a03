'use client'
import { formatBytes, formatMs } from '@/model/format'
import type { Replication } from '@/model/schemas/estate'
import { highestOf, niceCeiling } from '../charts/prepare-time-series'
import { TimeSeries } from '../charts/TimeSeries'
import { lagSentence } from './lag-words'

export const lagMeasures = ['age', 'bytes'] as const
export type LagMeasure = (typeof lagMeasures)[number]

/** One chart for each standby, with one time axis, one scale and one crosshair. */
export function LagCharts({ replication, measure }: { replication: Replication; measure: LagMeasure }) {
  const { key, format, unit } = measures[measure]
  const charts = replication.lags.map((lag) => {
    const points = replication.series.find((series) => series.targetMember === lag.targetMember)?.[key] ?? []
    const threshold = measure === 'age' ? { value: lag.lagMsMax, name: 'Limit' } : null
    return { lag, threshold, series: [{ id: 'lag', label: lag.targetMember, points }] }
  })
  const highest = Math.max(...charts.map(({ series, threshold }) => highestOf(series, threshold?.value ?? null)))
  const toMs = Date.parse(replication.asOf)
  return (
    <div className="grid gap-x-6 gap-y-5 xl:grid-cols-2">
      {charts.map(({ lag, threshold, series }) => (
        <div key={lag.targetMember} className="min-w-0">
          <TimeSeries
            title={`Is ${lag.targetMember} keeping up?`}
            series={series}
            window={{ fromMs: toMs - replication.windowMs, toMs }}
            format={format}
            unit={unit}
            threshold={threshold}
            valueMax={niceCeiling(highest)}
            heightPx={148}
            csvName={`lag-${lag.targetMember}-${measure}`}
            syncId="lag"
          />
          <p className="text-xs text-ink-3">{lagSentence(lag)}</p>
        </div>
      ))}
    </div>
  )
}

const measures = {
  age: { key: 'heartbeatAgeMs', format: formatMs, unit: 'ms' },
  bytes: { key: 'bytes', format: formatBytes, unit: 'bytes' },
} as const satisfies Record<
  LagMeasure,
  { key: 'heartbeatAgeMs' | 'bytes'; format: (value: number) => string; unit: string }
>

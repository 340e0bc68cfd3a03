'use client'
import { Download, Table2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useId, useState } from 'react'
import { downloadCsv } from '../table/download-csv'
import { IconButton } from '../ui/Button'
import { Skeleton } from '../ui/Skeleton'
import { ChartTable, chartColumns } from './ChartTable'
import { sayChart } from './prepare-sparkline'
import { prepareTimeSeries, type Series } from './prepare-time-series'

/** Recharts is large: it comes as one chunk of its own, with the first chart that is drawn. */
const TimeSeriesChart = dynamic(() => import('./TimeSeriesChart').then((module) => module.TimeSeriesChart), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
})

export type TimeSeriesProps = {
  /** What the chart answers; also its name for those who do not see it. */
  title: string
  series: readonly Series[]
  window: { fromMs: number; toMs: number }
  /** For the axis and the labels: takes the series' own unit. */
  format: (value: number) => string
  /** The unit of the numbers in the table and the CSV. */
  unit: string
  threshold?: { value: number; name: string } | null
  /** One top for several charts whose heights are to be compared. */
  valueMax?: number
  heightPx?: number
  csvName: string
  /** Charts with the same id share their crosshair. */
  syncId?: string
}

/** The one chart of the console: lines over time, gaps broken, threshold named, hatched where nothing was heard; the same values as a table. */
export function TimeSeries({ heightPx = 180, threshold = null, ...chart }: TimeSeriesProps) {
  const [isTable, setTable] = useState(false)
  const tableId = useId()
  const { series, window, format, title } = chart
  const prepared = prepareTimeSeries(series, {
    ...window,
    threshold: threshold?.value ?? null,
    valueMax: chart.valueMax,
  })
  const says = series.map(({ label, points }) => sayChart(label, points, format, threshold)).join(' ')
  const columns = chartColumns(series, chart.unit)
  return (
    <figure className="min-w-0">
      <figcaption className="flex items-center gap-1">
        <span className="min-w-0 flex-1 truncate text-sm font-medium text-ink-1">{title}</span>
        <IconButton
          label={isTable ? 'View as chart' : 'View as table'}
          aria-pressed={isTable}
          aria-controls={tableId}
          onClick={() => setTable(!isTable)}
        >
          <Table2 aria-hidden size={14} />
        </IconButton>
        <IconButton label="Download as CSV" onClick={() => downloadCsv(chart.csvName, prepared.rows, columns)}>
          <Download aria-hidden size={14} />
        </IconButton>
      </figcaption>
      <div id={tableId} style={{ height: heightPx }}>
        {isTable ? (
          <ChartTable caption={title} rows={prepared.rows} columns={columns} />
        ) : (
          <div role="img" aria-label={`${title} ${says}`} className="size-full">
            <TimeSeriesChart
              series={series}
              prepared={prepared}
              window={window}
              format={format}
              threshold={threshold}
              heightPx={heightPx}
              syncId={chart.syncId}
            />
          </div>
        )}
      </div>
    </figure>
  )
}

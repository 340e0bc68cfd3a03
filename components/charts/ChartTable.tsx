import type { Column } from '../table/columns'
import { ScrollRegion } from '../ui/ScrollRegion'
import type { ChartRow, Series } from './prepare-time-series'

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** The columns of a chart's table and CSV: the instant, then one for each series. */
export function chartColumns(series: readonly Series[], unit: string): readonly Column<ChartRow>[] {
  return [
    {
      id: 'at',
      header: 'Time',
      unit: 'UTC',
      cell: (row) => new Date(row.atMs).toISOString().slice(0, 19).replace('T', ' '),
      value: (row) => new Date(row.atMs).toISOString(),
    },
    ...series.map(
      ({ id, label }): Column<ChartRow> => ({
        id,
        header: label,
        unit,
        align: 'right',
        cell: (row) => (row[id] == null ? 'no sample' : threeDigits.format(row[id])),
        value: (row) => row[id] ?? null,
      }),
    ),
  ]
}

/** The same values as the chart, newest first. */
export function ChartTable({
  caption,
  rows,
  columns,
}: {
  caption: string
  rows: readonly ChartRow[]
  columns: readonly Column<ChartRow>[]
}) {
  return (
    <ScrollRegion label={caption} className="h-full overflow-y-auto" tabIndex={0}>
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-surface-1">
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={column.align === 'right' ? 'num px-2 py-1' : 'px-2 py-1 text-left'}
              >
                {column.header} <span className="font-normal text-ink-3">{column.unit}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.toReversed().map((row) => (
            <tr key={row.atMs} className="border-t border-hairline">
              {columns.map((column) => (
                <td key={column.id} className={column.align === 'right' ? 'num px-2 py-0.5' : 'px-2 py-0.5'}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import type { DrillRun } from '@/model/schemas/drills'
import { TimeSeries } from '../charts/TimeSeries'
import { CellPicker } from '../readiness/CellPicker'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { SkeletonRows } from '../ui/Skeleton'
import { prepareHistory } from './prepare-history'
import { runColumns } from './run-columns'

/** What was measured, run by run, against what was promised. Drills only: a real failover is never averaged with them. */
export function DrillHistoryView() {
  const history = useQuery(useTRPC().drills.history.queryOptions({}))
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const cells = [...new Set((history.data?.runs ?? []).map((run) => run.cellId))].sort()
  const shownOf = (runs: readonly DrillRun[]) => runs.filter((run) => !cellId || run.cellId === cellId)
  return (
    <Page>
      <PageHeader
        title="Drill history"
        crumbs={[{ label: 'DR readiness', href: paths.dr() }]}
        says="Measured recovery times and points against the objectives. Real failovers are under Operations."
        actions={<CellPicker cellId={cellId} cells={cells} onPick={(id) => void setCellId(id)} />}
      />
      {(cellId ? [cellId] : cells).map((id) => (
        <CellCharts key={id} cellId={id} runs={(history.data?.runs ?? []).filter((run) => run.cellId === id)} />
      ))}
      <Panel
        title="Runs"
        note="Times in UTC"
        query={history}
        padded={false}
        skeleton={<SkeletonRows count={5} />}
        empty={({ runs }) =>
          shownOf(runs).length > 0
            ? null
            : cellId
              ? { kind: 'filtered', says: `No drill of ${cellId} was run.`, onClear: () => void setCellId(null) }
              : {
                  kind: 'never',
                  says: 'Nothing was drilled yet.',
                  how: 'Run a drill on a clone: it touches nothing live.',
                }
        }
      >
        {({ runs }) => (
          <DataTable
            caption="Drill runs"
            rows={shownOf(runs)}
            columns={runColumns}
            rowId={({ id }) => id}
            csvName="drill-history"
            initialSort={{ column: 'started', direction: 'desc' }}
          />
        )}
      </Panel>
    </Page>
  )
}

const measures = [
  { id: 'rtoMs', title: 'Recovery time', unit: 'ms' },
  { id: 'rpoMs', title: 'Recovery point', unit: 'ms' },
] as const

function CellCharts({ cellId, runs }: { cellId: string; runs: readonly DrillRun[] }) {
  const charts = measures.flatMap((measure) => {
    const chart = prepareHistory(runs, measure.id)
    return chart ? [{ measure, chart }] : []
  })
  if (charts.length === 0) return null
  return (
    <section
      aria-label={`Measured in drills of ${cellId}`}
      className="grid gap-x-6 gap-y-5 rounded-md border border-hairline bg-surface-1 p-4 xl:grid-cols-2"
    >
      {charts.map(({ measure, chart }) => (
        <TimeSeries
          key={measure.id}
          title={`${measure.title} of ${cellId}`}
          series={chart.series}
          window={chart.window}
          format={formatMs}
          unit={measure.unit}
          threshold={{ value: chart.objectives[measure.id], name: 'Objective' }}
          heightPx={148}
          csvName={`drills-${cellId}-${measure.id}`}
        />
      ))}
    </section>
  )
}

'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { paths } from '@/model/paths'
import type { CellReadiness } from '@/model/schemas/readiness'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel, PanelFrame } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { SkeletonRows } from '../ui/Skeleton'
import { CellPicker } from './CellPicker'
import { CheckTable } from './CheckTable'
import { VerdictLine } from './VerdictLine'

/** Every check of every cell, or of one: what it found, when, from where, and how long that is believed. */
export function ReadinessView() {
  const readiness = useQuery(useTRPC().readiness.list.queryOptions({}))
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const cells = readiness.data?.cells ?? []
  const ids = cells.map((cell) => cell.cellId).toSorted()
  return (
    <Page>
      <PageHeader
        title="Readiness checks"
        crumbs={[{ label: 'DR readiness', href: paths.dr() }]}
        says="Made twice a minute by the worker; a page never asks a server."
        actions={<CellPicker cellId={cellId} cells={ids} onPick={(id) => void setCellId(id)} />}
      />
      <Panel
        title="Verdicts"
        query={readiness}
        padded={false}
        skeleton={<SkeletonRows count={5} />}
        empty={(list) =>
          shownOf(list.cells, cellId).length > 0
            ? null
            : cellId
              ? { kind: 'filtered', says: `There is no cell ${cellId}.`, onClear: () => void setCellId(null) }
              : { kind: 'never', says: 'No cell is declared.', how: 'Apply an estate, and its cells are proven here.' }
        }
      >
        {(list) => (
          <ul aria-label="Verdicts" className="divide-y divide-hairline">
            {shownOf(list.cells, cellId).map((cell) => (
              <li key={cell.cellId} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
                <span className="w-24 font-mono font-medium text-ink-1">{cell.cellId}</span>
                <VerdictLine verdict={cell.verdict} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {shownOf(cells, cellId).map((cell) => (
        <PanelFrame key={cell.cellId} title={`Checks of ${cell.cellId}`} note={cell.name} padded={false}>
          <CheckTable cell={cell} isWhole={cellId !== null} />
        </PanelFrame>
      ))}
    </Page>
  )
}

function shownOf(cells: readonly CellReadiness[], cellId: string | null): readonly CellReadiness[] {
  return cellId ? cells.filter((cell) => cell.cellId === cellId) : cells
}

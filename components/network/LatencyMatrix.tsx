'use client'
import { type KeyboardEvent, useState } from 'react'
import { RegionChip } from '../shell/RegionChip'
import { cx } from '../ui/cx'
import { ScrollRegion } from '../ui/ScrollRegion'
import { MatrixCellFace, RollUpFace } from './MatrixCellFace'
import { type LatencyMetric, type Matrix, type MatrixCell, sayCell } from './prepare-matrix'

/** From rows to columns, each vantage by itself. One tab stop: the arrows move inside, Enter opens the link. */
export function LatencyMatrix({
  matrix,
  metric,
  onOpen,
}: {
  matrix: Matrix
  metric: LatencyMetric
  onOpen: (from: string, to: string) => void
}) {
  const [at, setAt] = useState<readonly [number, number]>([0, 1])
  const { regions, rows } = matrix
  return (
    <ScrollRegion label="Latency matrix">
      <table
        className="w-full border-separate border-spacing-px text-sm"
        onKeyDown={(event) => moveInGrid(event, at, regions.length, setAt)}
      >
        <caption className="sr-only">{metric} latency in milliseconds, from rows to columns</caption>
        <thead>
          <tr>
            <th scope="col" className="sticky left-0 z-10 bg-surface-1 px-3 py-1.5 text-left font-medium text-ink-3">
              From ↓ <span className="whitespace-nowrap">To →</span>
            </th>
            {regions.map((region) => (
              <th key={region} scope="col" className="px-2 py-1.5 text-right font-medium">
                <RegionChip region={region} bare />
              </th>
            ))}
            <th scope="col" className="px-3 py-1.5 text-left font-medium text-ink-2">
              Worst · up
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, y) => (
            <tr key={row.region}>
              <th scope="row" className="sticky left-0 z-10 bg-surface-1 px-3 py-1 text-left font-medium">
                <RegionChip region={row.region} bare />
              </th>
              {row.cells.map((cell, x) => (
                <td key={regions[x]} className="h-9 p-0">
                  <CellButton
                    cell={cell}
                    metric={metric}
                    isTabStop={at[0] === y && at[1] === x}
                    place={`${y}:${x}`}
                    onFocus={() => setAt([y, x])}
                    onOpen={() => onOpen(row.region, regions[x]!)}
                  />
                </td>
              ))}
              <td className="px-3 whitespace-nowrap">
                <RollUpFace rollUp={row.rollUp} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" className="sticky left-0 z-10 bg-surface-1 px-3 py-1.5 text-left font-medium text-ink-2">
              Worst · up
            </th>
            {matrix.columnRollUps.map((rollUp, x) => (
              <td key={regions[x]} className="px-2 py-1.5 text-right whitespace-nowrap">
                <RollUpFace rollUp={rollUp} />
              </td>
            ))}
            <td />
          </tr>
        </tfoot>
      </table>
    </ScrollRegion>
  )
}

function CellButton({
  cell,
  metric,
  isTabStop,
  place,
  onFocus,
  onOpen,
}: {
  cell: MatrixCell
  metric: LatencyMetric
  isTabStop: boolean
  place: string
  onFocus: () => void
  onOpen: () => void
}) {
  if (cell.kind === 'self' || cell.link === null)
    return (
      <span className="flex h-full min-w-20 items-center justify-end px-2 text-ink-3">
        <MatrixCellFace cell={cell} />
      </span>
    )
  return (
    <button
      type="button"
      data-cell={place}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={`${cell.link.from} to ${cell.link.to}: ${sayCell(cell, metric)}`}
      onFocus={onFocus}
      onClick={onOpen}
      className={cx(
        'flex h-full w-full min-w-20 items-center justify-end rounded-[2px] px-2 whitespace-nowrap hover:outline-1 hover:outline-control focus-visible:outline-2 focus-visible:outline-focus',
        cell.kind === 'down' && 'hatch border border-crit/60',
        cell.kind === 'answers' && 'border border-warn/60',
        cell.kind === 'last-known' && 'hatch border border-dashed border-unknown/60',
      )}
      style={
        cell.kind === 'up' && cell.step
          ? { backgroundColor: `var(--ratio-${cell.step})`, color: `var(--ratio-ink-${cell.step})` }
          : undefined
      }
    >
      <MatrixCellFace cell={cell} />
    </button>
  )
}

const moves: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** Moves over the diagonal and over pairs that have no link, and stops at the edges. */
function moveInGrid(
  event: KeyboardEvent<HTMLElement>,
  [y, x]: readonly [number, number],
  size: number,
  setAt: (at: readonly [number, number]) => void,
): void {
  const move = moves[event.key]
  if (!move || !(event.target instanceof HTMLElement) || !event.target.dataset.cell) return
  event.preventDefault()
  let [toY, toX] = [y + move[0], x + move[1]]
  while (toY >= 0 && toY < size && toX >= 0 && toX < size) {
    const target = event.currentTarget.querySelector<HTMLElement>(`[data-cell="${toY}:${toX}"]`)
    if (target) {
      setAt([toY, toX])
      target.focus()
      return
    }
    toY += move[0]
    toX += move[1]
  }
}

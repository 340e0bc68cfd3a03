import { useId } from 'react'
import { type Column, parseSort, type Sort } from './columns'

/** Sorting where there are no headings to press: shown with the cards only. */
export function SortSelect<Row>({
  columns,
  sort,
  onSort,
}: {
  columns: readonly Column<Row>[]
  sort: Sort | null
  onSort: (sort: Sort | null) => void
}) {
  const id = useId()
  const sortable = columns.filter((column) => column.value !== undefined && column.isSortable !== false)
  if (sortable.length === 0) return null
  return (
    <div
      data-no-print
      className="flex items-center gap-2 border-b border-hairline px-4 py-1.5 text-sm text-ink-2 @md:hidden"
    >
      <label htmlFor={id}>Sort by</label>
      <select
        id={id}
        value={sort ? `${sort.column}.${sort.direction}` : ''}
        onChange={(event) => onSort(parseSort(event.target.value, columns))}
        className="h-11 min-w-0 flex-1 rounded-sm border border-control bg-surface-0 px-2 text-base text-ink-1"
      >
        <option value="">as given</option>
        {sortable.flatMap((column) => [
          <option key={`${column.id} desc`} value={`${column.id}.desc`}>
            {column.header}, largest first
          </option>,
          <option key={`${column.id} asc`} value={`${column.id}.asc`}>
            {column.header}, smallest first
          </option>,
        ])}
      </select>
    </div>
  )
}

import { ChevronDown, ChevronUp } from 'lucide-react'
import { cx } from '../ui/cx'
import type { Column, Sort } from './columns'
import { tableRoles } from './table-roles'

/** A column's heading; pressing it sorts, the largest first. */
export function HeaderCell<Row>({
  column,
  isFirst,
  sort,
  onSort,
}: {
  column: Column<Row>
  isFirst: boolean
  sort: Sort | null
  onSort: (sort: Sort) => void
}) {
  const isSorted = sort?.column === column.id
  const isSortable = column.value !== undefined && column.isSortable !== false
  const label = (
    <>
      {column.header}
      {column.unit && <span className="font-normal text-ink-3"> {column.unit}</span>}
    </>
  )
  const next = isSorted && sort.direction === 'desc' ? 'asc' : 'desc'
  return (
    <th
      {...tableRoles.columnHeader}
      scope="col"
      aria-sort={isSorted ? (sort.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      className={cx(
        'border-b border-hairline bg-surface-1 px-3 py-1.5 font-medium whitespace-nowrap text-ink-2 first:pl-4 last:pr-4',
        column.align === 'right' ? 'text-right' : 'text-left',
        isFirst && 'sticky left-0 z-10',
      )}
    >
      {isSortable ? (
        <button
          type="button"
          onClick={() => onSort({ column: column.id, direction: next })}
          className="inline-flex min-h-6 items-center gap-1 hover:text-ink-1"
        >
          <span>{label}</span>
          {isSorted &&
            (sort.direction === 'asc' ? <ChevronUp aria-hidden size={12} /> : <ChevronDown aria-hidden size={12} />)}
        </button>
      ) : (
        label
      )}
    </th>
  )
}

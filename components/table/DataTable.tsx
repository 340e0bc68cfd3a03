'use client'
import { ChevronDown, ChevronUp, Columns3, Download } from 'lucide-react'
import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import { IconButton } from '../ui/Button'
import { cx } from '../ui/cx'
import { ScrollRegion } from '../ui/ScrollRegion'
import { ColumnChooser } from './ColumnChooser'
import { type Column, parseSort, type Sort, sortRows } from './columns'
import { downloadCsv } from './download-csv'
import { useFrozenRows } from './use-frozen-rows'

export type DataTableProps<Row> = {
  /** The table's accessible name. Also names its state in the URL (`sort`, `cols`), prefixed by `urlKey`. */
  caption: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  rowId: (row: Row) => string
  /** Where Enter or a click on the row leads. The first cell should hold the same link, for those who see links. */
  onOpen?: (row: Row) => void
  /** Two tables on one page need different keys. */
  urlKey?: string
  initialSort?: Sort
  /** File name without its ending; no CSV is offered without it. */
  csvName?: string
  /** Above the table: filters, counts. */
  toolbar?: ReactNode
  /** Marks one row as the one whose drawer is open. */
  selectedId?: string | null
  hasTools?: boolean
  /** A table inside a panel with other things: always dense, whatever the URL says. */
  isCompact?: boolean
}

/**
 * A real table with a sticky first column and header, sorting and columns in the URL, rows by `j`/`k` and Enter, CSV.
 * The order is frozen while the pointer or the focus is inside: values change in place, rows do not move.
 */
export function DataTable<Row>({ urlKey = '', hasTools = true, ...table }: DataTableProps<Row>) {
  const { columns, rows, rowId } = table
  const [sortText, setSortText] = useQueryState(`${urlKey}sort`, parseAsString.withDefault(''))
  const [shownIds, setShownIds] = useQueryState(`${urlKey}cols`, parseAsArrayOf(parseAsString))
  const [density, setDensity] = useQueryState(
    'density',
    parseAsStringLiteral(['compact', 'default']).withDefault('default'),
  )
  const sort = parseSort(sortText, columns) ?? table.initialSort ?? null
  const { frozen, freezeProps } = useFrozenRows(sortRows(rows, columns, sort), rowId)
  const shown = columns.filter((column) => (shownIds ? shownIds.includes(column.id) : column.isShown !== false))
  const body = useRef<HTMLTableSectionElement>(null)
  return (
    <div className="min-w-0">
      {table.toolbar && (
        <div data-no-print className="flex flex-wrap items-center gap-2 border-b border-hairline px-3 py-2">
          {table.toolbar}
        </div>
      )}
      <ScrollRegion label={table.caption} {...freezeProps}>
        <table className="w-full border-separate border-spacing-0 text-sm">
          <caption className="sr-only">{table.caption}</caption>
          <thead>
            <tr>
              {shown.map((column, index) => (
                <HeaderCell
                  key={column.id}
                  column={column}
                  isFirst={index === 0}
                  sort={sort}
                  onSort={(next) => setSortText(`${next.column}.${next.direction}`)}
                />
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={(event) => moveBetweenRows(event, body.current)}>
            {frozen.map((row) => (
              <BodyRow
                key={rowId(row)}
                row={row}
                columns={shown}
                onOpen={table.onOpen}
                isCompact={table.isCompact || density === 'compact'}
                isSelected={table.selectedId === rowId(row)}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {hasTools && (
        <div data-no-print className="flex items-center gap-1 border-t border-hairline px-3 py-1">
          <span className="flex-1 text-xs text-ink-3">
            {rows.length} {rows.length === 1 ? 'row' : 'rows'}
          </span>
          <ColumnChooser
            columns={columns}
            shownIds={shown.map((column) => column.id)}
            onChange={setShownIds}
            density={density}
            onDensity={setDensity}
            icon={<Columns3 aria-hidden size={15} />}
          />
          {table.csvName && (
            <IconButton label="Download as CSV" onClick={() => downloadCsv(table.csvName!, frozen, columns)}>
              <Download aria-hidden size={15} />
            </IconButton>
          )}
        </div>
      )}
    </div>
  )
}

function HeaderCell<Row>({
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
      scope="col"
      aria-sort={isSorted ? (sort.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      className={cx(
        'border-b border-hairline bg-surface-1 px-3 py-1.5 font-medium whitespace-nowrap text-ink-2',
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

function BodyRow<Row>({
  row,
  columns,
  onOpen,
  isCompact,
  isSelected,
}: {
  row: Row
  columns: readonly Column<Row>[]
  onOpen?: (row: Row) => void
  isCompact: boolean
  isSelected: boolean
}) {
  return (
    <tr
      tabIndex={onOpen ? 0 : undefined}
      aria-selected={isSelected || undefined}
      data-row
      onClick={onOpen && ((event) => isOnControl(event.target) || onOpen(row))}
      onKeyDown={onOpen && ((event) => event.key === 'Enter' && event.target === event.currentTarget && onOpen(row))}
      className={cx(
        'group bg-surface-1 focus-visible:-outline-offset-2',
        onOpen && 'cursor-pointer hover:bg-surface-2',
        isSelected && 'bg-surface-2',
      )}
    >
      {columns.map((column, index) => (
        <td
          key={column.id}
          className={cx(
            'border-b border-hairline bg-inherit px-3 py-1 group-last:border-b-0',
            isCompact ? 'h-8' : 'h-10 max-md:h-12',
            column.align === 'right' && 'num',
            index === 0 && 'sticky left-0 z-10',
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

function isOnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, select, label') !== null
}

/** `j` and `k`, and the arrows, move the focus between rows that can be opened. */
function moveBetweenRows(event: KeyboardEvent, body: HTMLElement | null): void {
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  const rows = [...(body?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const target = rows[at + step]
  if (!target) return
  event.preventDefault()
  target.focus()
}

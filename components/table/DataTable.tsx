'use client'
import { Columns3, Download } from 'lucide-react'
import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { IconButton } from '../ui/Button'
import { ScrollRegion } from '../ui/ScrollRegion'
import { ShowAll } from '../ui/ShowAll'
import { BodyRow } from './BodyRow'
import { ColumnChooser } from './ColumnChooser'
import { type Column, parseSort, type Sort, sortRows } from './columns'
import { downloadCsv } from './download-csv'
import { HeaderCell } from './HeaderCell'
import { SortSelect } from './SortSelect'
import { tableRoles } from './table-roles'
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
  /** Of a long table, only so many rows are shown until all are asked for; the order and the CSV are of all of them. */
  rowsAtFirst?: number
  /** A table inside a panel with other things: always dense, whatever the URL says. */
  isCompact?: boolean
}

/**
 * A real table with a sticky first column and header, sorting and columns in the URL, rows by `j`/`k` and Enter, CSV.
 * The order is frozen while the pointer or the focus is inside: values change in place, rows do not move. Where a phone is
 * too narrow for columns, each row becomes a card with the column's name before each value.
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
  const [isWhole, setWhole] = useState(false)
  const visible = isWhole ? frozen : frozen.slice(0, table.rowsAtFirst)
  const body = useRef<HTMLTableSectionElement>(null)
  return (
    <div className="@container min-w-0">
      {table.toolbar && (
        <div data-no-print className="flex flex-wrap items-center gap-2 border-b border-hairline px-4 py-2">
          {table.toolbar}
        </div>
      )}
      {hasTools && (
        <SortSelect
          columns={shown}
          sort={sort}
          onSort={(next) => setSortText(next && `${next.column}.${next.direction}`)}
        />
      )}
      <ScrollRegion label={table.caption} {...freezeProps}>
        <table {...tableRoles.table} className="w-full border-separate border-spacing-0 text-sm @max-md:block">
          <caption className="sr-only">{table.caption}</caption>
          <thead {...tableRoles.group} className="@max-md:hidden">
            <tr {...tableRoles.row}>
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
          <tbody
            {...tableRoles.group}
            ref={body}
            className="@max-md:block"
            onKeyDown={(event) => moveBetweenRows(event, body.current)}
          >
            {visible.map((row) => (
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
      {visible.length < frozen.length && <ShowAll what={`${frozen.length} rows`} onShow={() => setWhole(true)} />}
      {hasTools && (
        <div data-no-print className="flex items-center gap-1 border-t border-hairline px-4 py-1">
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

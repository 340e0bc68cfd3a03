import type { ReactNode } from 'react'

/** One column of a DataTable. Cells are drawn by `cell`; sorting and CSV use `value`, so that they never read markup. */
export type Column<Row> = {
  /** Stable name: in the URL and in the CSV header. */
  id: string
  header: string
  /** The unit or the zone, shown in the header and not in the cells: "ms", "UTC". */
  unit?: string
  cell: (row: Row) => ReactNode
  /** What the row is sorted by and what the CSV holds; null is unknown and sorts last in both directions. */
  value?: (row: Row) => string | number | null
  align?: 'left' | 'right'
  /** Where it stands on a card: the first column is the title; `line` takes the whole width and needs no name before it. */
  card?: 'title' | 'line' | 'pair'
  /** False: only the CSV and the column chooser know it at first. */
  isShown?: boolean
  isSortable?: boolean
}

export type Sort = { column: string; direction: 'asc' | 'desc' }

/** `lag.desc` in the URL. Null for anything that is not a sortable column of this table. */
export function parseSort<Row>(text: string, columns: readonly Column<Row>[]): Sort | null {
  const [id, direction] = text.split('.')
  const column = columns.find((known) => known.id === id)
  if (!column?.value || column.isSortable === false) return null
  if (direction !== 'asc' && direction !== 'desc') return null
  return { column: column.id, direction }
}

export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const read = columns.find((column) => column.id === sort?.column)?.value
  if (!sort || !read) return rows
  const sign = sort.direction === 'asc' ? 1 : -1
  return [...rows].sort((a, b) => {
    const [left, right] = [read(a), read(b)]
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
    return sign * compare(left, right)
  })
}

const inOrder = new Intl.Collator('en', { numeric: true })

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return inOrder.compare(String(left), String(right))
}

/** RFC 4180 text of every column, shown or not. A cell that a spreadsheet would run as a formula is prefixed by a quote. */
export function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const written = columns.filter((column) => column.value)
  const header = written.map((column) => quote(column.unit ? `${column.id} (${column.unit})` : column.id))
  const lines = rows.map((row) => written.map((column) => csvCell(column.value!(row))).join(','))
  return [header.join(','), ...lines, ''].join('\r\n')
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  return quote(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value)
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

import type { ReactNode } from 'react'
import { cx } from '../ui/cx'
import type { Column } from './columns'
import { tableRoles } from './table-roles'

/** A row, and on a phone a card: its title over the width, below it pairs of a column's name and its value. */
export function BodyRow<Row>({
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
      {...tableRoles.row}
      tabIndex={onOpen ? 0 : undefined}
      aria-selected={isSelected || undefined}
      data-row
      onClick={onOpen && ((event) => isOnControl(event.target) || onOpen(row))}
      onKeyDown={onOpen && ((event) => event.key === 'Enter' && event.target === event.currentTarget && onOpen(row))}
      className={cx(
        'group bg-surface-1 focus-visible:-outline-offset-2',
        '@max-md:grid @max-md:grid-cols-2 @max-md:gap-x-4 @max-md:gap-y-1 @max-md:border-b @max-md:border-hairline @max-md:px-4 @max-md:py-3 @max-md:last:border-b-0',
        onOpen && 'cursor-pointer hover:bg-surface-2',
        isSelected && 'bg-surface-2',
      )}
    >
      {columns.map((column, index) => (
        <td
          key={column.id}
          {...tableRoles.cell}
          className={cx(
            'border-b border-hairline bg-inherit px-3 py-1 group-last:border-b-0 first:pl-4 last:pr-4',
            isCompact ? 'h-8' : 'h-10 max-md:h-12',
            column.align === 'right' && 'num @max-md:text-left @max-md:whitespace-normal',
            index === 0 && 'sticky left-0 z-10',
            inCard,
            cardPlaces[placeInCard(column, index)],
          )}
        >
          {inPlace(column.cell(row), column, index)}
        </td>
      ))}
    </tr>
  )
}

/** On a card a cell is one line of text; the table's own measures are taken back. */
const inCard =
  '@max-md:static @max-md:flex @max-md:h-auto @max-md:min-w-0 @max-md:flex-wrap @max-md:items-baseline @max-md:gap-x-1.5 @max-md:border-0 @max-md:p-0 @max-md:first:pl-0 @max-md:last:pr-0 @max-md:empty:hidden'

const cardPlaces = {
  title: '@max-md:order-first @max-md:col-span-2 @max-md:font-medium',
  line: '@max-md:col-span-2',
  pair: '',
} as const

function placeInCard<Row>(column: Column<Row>, index: number): keyof typeof cardPlaces {
  return column.card ?? (index === 0 ? 'title' : 'pair')
}

/** A value with its name, on a card. A name without a value would be a riddle: the cell stays empty, and a card leaves it out. */
function inPlace<Row>(value: ReactNode, column: Column<Row>, index: number): ReactNode {
  if (value == null || value === '' || typeof value === 'boolean') return null
  if (placeInCard(column, index) !== 'pair') return value
  return (
    <>
      <CardLabel column={column} />
      {value}
    </>
  )
}

/** Seen on cards only, where no heading stands above the value; a screen reader is told the same in both forms. */
function CardLabel<Row>({ column }: { column: Column<Row> }) {
  return (
    <span className="text-xs text-ink-3 @md:hidden">
      {column.header}
      {column.unit && ` ${column.unit}`}
    </span>
  )
}

function isOnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, select, label') !== null
}

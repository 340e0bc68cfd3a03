import { expect, test } from 'vitest'
import { type Column, parseSort, sortRows, toCsv } from './columns'

type Row = { name: string; lagMs: number | null }
const columns: Column<Row>[] = [
  { id: 'name', header: 'Name', cell: (row) => row.name, value: (row) => row.name },
  { id: 'lag', header: 'Lag', unit: 'ms', cell: (row) => row.lagMs, value: (row) => row.lagMs },
  { id: 'act', header: '', cell: () => null },
]
const rows: Row[] = [
  { name: 'b-10', lagMs: null },
  { name: 'b-9', lagMs: 4 },
  { name: 'a', lagMs: 12 },
]
const names = (sorted: readonly Row[]) => sorted.map((row) => row.name)

test('unknown sorts last in both directions', () => {
  expect(names(sortRows(rows, columns, { column: 'lag', direction: 'asc' }))).toEqual(['b-9', 'a', 'b-10'])
  expect(names(sortRows(rows, columns, { column: 'lag', direction: 'desc' }))).toEqual(['a', 'b-9', 'b-10'])
})

test('names sort by the number inside them', () => {
  expect(names(sortRows(rows, columns, { column: 'name', direction: 'asc' }))).toEqual(['a', 'b-9', 'b-10'])
})

test('a sort from the URL must name a column that has a value', () => {
  expect(parseSort('lag.desc', columns)).toEqual({ column: 'lag', direction: 'desc' })
  expect(parseSort('act.desc', columns)).toBeNull()
  expect(parseSort('lag.sideways', columns)).toBeNull()
})

test('a CSV quotes what it must, leaves unknown empty and defuses formulas', () => {
  const csv = toCsv(
    [
      { name: '=HYPERLINK("x")', lagMs: null },
      { name: 'a,b', lagMs: -2 },
    ],
    columns,
  )
  expect(csv).toBe('name,lag (ms)\r\n"\'=HYPERLINK(""x"")",\r\n"a,b",-2\r\n')
})

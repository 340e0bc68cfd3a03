/**
 * The roles that these elements have by themselves, said aloud: drawn as cards they are no table boxes any more, and
 * browsers then take the table's meaning away.
 */
export const tableRoles = {
  table: { role: 'table' },
  group: { role: 'rowgroup' },
  row: { role: 'row' },
  columnHeader: { role: 'columnheader' },
  cell: { role: 'cell' },
} as const

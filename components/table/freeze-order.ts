/** The rows in the order in which they were last shown; those that are new come at the end, in their own order. Pure. */
export function freezeOrder<Row>(
  rows: readonly Row[],
  order: readonly string[],
  rowId: (row: Row) => string,
): readonly Row[] {
  const rank = new Map(order.map((id, index) => [id, index]))
  const rankOf = (row: Row) => rank.get(rowId(row)) ?? order.length
  return [...rows].sort((a, b) => rankOf(a) - rankOf(b))
}

import { type Column, toCsv } from './columns'

/** Saves the rows as a file named after what they are and when they were saved, in UTC. */
export function downloadCsv<Row>(name: string, rows: readonly Row[], columns: readonly Column<Row>[]): void {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '')
  const url = URL.createObjectURL(new Blob([toCsv(rows, columns)], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}-${stamp}Z.csv`
  link.click()
  URL.revokeObjectURL(url)
}

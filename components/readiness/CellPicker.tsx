import { SelectField } from '../ui/Field'

/** One cell, or all of them (null). */
export function CellPicker({
  cellId,
  cells,
  onPick,
}: {
  cellId: string | null
  cells: readonly string[]
  onPick: (cellId: string | null) => void
}) {
  return (
    <SelectField label="Cell" value={cellId ?? ''} onChange={(event) => onPick(event.target.value || null)}>
      <option value="">All cells</option>
      {cells.map((id) => (
        <option key={id} value={id}>
          {id}
        </option>
      ))}
    </SelectField>
  )
}

'use client'
import { type ReactNode, useState } from 'react'
import { IconButton } from '../ui/Button'
import { Segmented } from '../ui/Segmented'
import { Sheet } from '../ui/Sheet'
import type { Column } from './columns'

const densities = [
  { value: 'default', label: 'Default' },
  { value: 'compact', label: 'Compact' },
] as const

export function ColumnChooser<Row>({
  columns,
  shownIds,
  onChange,
  density,
  onDensity,
  icon,
}: {
  columns: readonly Column<Row>[]
  shownIds: readonly string[]
  onChange: (ids: string[]) => void
  density: 'compact' | 'default'
  onDensity: (density: 'compact' | 'default') => void
  icon: ReactNode
}) {
  const [isOpen, setOpen] = useState(false)
  const onToggle = (id: string, isShown: boolean) =>
    onChange(columns.map((column) => column.id).filter((known) => (known === id ? isShown : shownIds.includes(known))))
  return (
    <>
      <IconButton label="Columns and density" onClick={() => setOpen(true)}>
        {icon}
      </IconButton>
      <Sheet isOpen={isOpen} onClose={() => setOpen(false)} title="Columns and density" side="centre">
        <div className="grid gap-4">
          <fieldset className="grid gap-1">
            <legend className="mb-1 text-sm font-medium">Columns</legend>
            {columns.map((column, index) => (
              <label key={column.id} className="flex min-h-6 items-center gap-2 max-md:min-h-11">
                <input
                  type="checkbox"
                  checked={shownIds.includes(column.id)}
                  disabled={index === 0}
                  onChange={(event) => onToggle(column.id, event.target.checked)}
                  className="size-4 accent-primary"
                />
                {column.header || column.id}
              </label>
            ))}
          </fieldset>
          <Segmented label="Density" options={densities} value={density} onChange={onDensity} />
        </div>
      </Sheet>
    </>
  )
}

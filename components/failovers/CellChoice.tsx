'use client'
import Link from 'next/link'
import { paths } from '@/model/paths'
import type { CellView } from '@/model/schemas/estate'
import { pillOfFinding } from '../regions/finding-words'
import { SelectField } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { StatusPill } from '../ui/StatusPill'

/** Which cell and where to, with what is wrong with its writer right now. */
export function CellChoice({
  cells,
  cell,
  target,
  onCell,
  onTarget,
}: {
  cells: readonly CellView[]
  cell: CellView | null
  target: string | null
  onCell: (id: string | null) => void
  onTarget: (member: string | null) => void
}) {
  return (
    <div className="grid gap-4">
      <div className="grid items-end gap-4 sm:grid-cols-2">
        <SelectField label="Cell" value={cell?.id ?? ''} onChange={(event) => onCell(event.target.value || null)}>
          <option value="">Choose a cell</option>
          {cells.map((option) => (
            <option key={option.id} value={option.id}>
              {option.id} · {option.name}, writes in {option.activeRegion}
            </option>
          ))}
        </SelectField>
        {cell && (
          <SelectField
            label="Target"
            hint="The dry run says which are safe."
            value={target ?? ''}
            onChange={(event) => onTarget(event.target.value || null)}
          >
            <option value="">The best candidate</option>
            {cell.members
              .filter((member) => !member.isActive)
              .map((member) => (
                <option key={member.id} value={member.id}>
                  {member.id} in {member.region}
                </option>
              ))}
          </SelectField>
        )}
      </div>
      {cell && <WriterNow cell={cell} />}
      {cell?.operationId && (
        <Notice
          status="active"
          action={
            <Link className="link text-sm" href={paths.operation({ id: cell.operationId })}>
              Open it
            </Link>
          }
        >
          An operation is running on this cell. One at a time.
        </Notice>
      )}
    </div>
  )
}

function WriterNow({ cell }: { cell: CellView }) {
  const finding = cell.members.find((member) => member.id === cell.activeMember)?.finding
  if (!finding) return null
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <span className="font-mono text-ink-1">{cell.activeMember}</span>
      <StatusPill {...pillOfFinding(finding.name)} />
      <span className="min-w-0 text-ink-2">{finding.says}</span>
    </p>
  )
}

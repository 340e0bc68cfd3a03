'use client'
import { auditActions } from '@/model/audit-actions'
import { Button } from '../ui/Button'
import { SelectField, TextField } from '../ui/Field'
import { type FilterKey, type Filters, filterKeys } from './read-filters'

const kinds = [...new Set(Object.keys(auditActions).map((action) => action.split('.')[0]!))].sort()

/** The period is half-open, like every period here. */
const ends = [
  { key: 'from', label: 'From', title: 'UTC, included' },
  { key: 'to', label: 'To', title: 'UTC, not included' },
] as const

/** Filters live in the URL: what is on screen can be sent to somebody as it is. */
export function AuditFilters({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const isSet = filterKeys.some((key) => filters[key])
  const onText = (key: FilterKey) => (event: { target: { value: string } }) =>
    onChange({ [key]: event.target.value.trim() || null })
  return (
    <div data-no-print className="flex flex-wrap items-end gap-3">
      <SelectField label="Kind" value={filters.action ?? ''} onChange={onText('action')} className="w-36">
        <option value="">All</option>
        {kinds.map((kind) => (
          <option key={kind} value={`${kind}.`}>
            {kind}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Scope"
        placeholder="cell:…"
        defaultValue={filters.scope ?? ''}
        onBlur={onText('scope')}
        className="w-32"
        key={`scope ${filters.scope}`}
      />
      <SelectField label="Actor" value={filters.actor ?? ''} onChange={onText('actor')} className="w-32">
        <option value="">Anybody</option>
        <option value="person">Persons</option>
        <option value="worker">Workers</option>
        <option value="service">Services</option>
        {filters.actor && !['person', 'worker', 'service'].includes(filters.actor) && (
          <option value={filters.actor}>one person</option>
        )}
      </SelectField>
      {ends.map(({ key, label, title }) => (
        <TextField
          key={`${key} ${filters[key]}`}
          label={label}
          type="datetime-local"
          step={1}
          title={title}
          defaultValue={localOf(filters[key])}
          onBlur={(event) => onChange({ [key]: instantOf(event.target.value) })}
          className="w-60 max-w-full"
        />
      ))}
      {filters.correlation && (
        <p className="pb-2 text-sm text-ink-2">
          one request: <span className="font-mono">{filters.correlation.slice(-12)}</span>
        </p>
      )}
      {isSet && (
        <Button
          size="small"
          className="mb-1"
          onClick={() => onChange(Object.fromEntries(filterKeys.map((key) => [key, null])))}
        >
          Clear filters
        </Button>
      )}
    </div>
  )
}

/** The field takes and gives UTC: what is typed is what is asked for, whatever zone the browser is in. */
function instantOf(local: string): string | null {
  const at = Date.parse(`${local}Z`)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

function localOf(instant: string | null | undefined): string {
  return instant ? instant.slice(0, 19) : ''
}

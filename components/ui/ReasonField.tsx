import { cx } from './cx'
import { TextAreaField } from './Field'

/** A reason that goes into the audit trail: ready words as chips, free text beside them. Where words of one's own are wanted there are no chips. */
export function ReasonField({
  label = 'Reason',
  chips,
  value,
  onChange,
  error,
}: {
  label?: string
  chips: readonly string[]
  value: string
  onChange: (reason: string) => void
  error?: string | null
}) {
  return (
    <div className="grid gap-2">
      {chips.length > 0 && <Chips chips={chips} value={value} onChange={onChange} />}
      <TextAreaField
        label={label}
        hint="Goes into the audit trail."
        value={value}
        error={error}
        maxLength={500}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}

type Choice = { chips: readonly string[]; value: string; onChange: (reason: string) => void }

function Chips({ chips, value, onChange }: Choice) {
  return (
    <fieldset className="flex flex-wrap gap-2">
      <legend className="sr-only">Ready reasons</legend>
      {chips.map((chip) => (
        <button
          key={chip}
          type="button"
          aria-pressed={value === chip}
          onClick={() => onChange(value === chip ? '' : chip)}
          className={cx(
            'h-8 rounded-full border px-3 text-sm max-md:h-11',
            value === chip ? 'border-active bg-active/12 text-ink-1' : 'border-control text-ink-2 hover:text-ink-1',
          )}
        >
          {chip}
        </button>
      ))}
    </fieldset>
  )
}

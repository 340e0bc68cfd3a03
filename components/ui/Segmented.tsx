import { useId } from 'react'
import { cx } from './cx'

/** One choice of a few, side by side: real radio buttons, so arrows and screen readers work as everywhere. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: readonly { value: Value; label: string }[]
  value: Value
  onChange: (value: Value) => void
}) {
  const name = useId()
  return (
    <fieldset className="inline-flex rounded-sm border border-control bg-surface-0 p-px">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'relative inline-flex min-h-6 cursor-pointer items-center rounded-[3px] px-2.5 py-0.5 text-sm whitespace-nowrap max-md:py-2.5',
            'has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-2',
            value === option.value ? 'bg-surface-2 font-medium text-ink-1' : 'text-ink-2 hover:text-ink-1',
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer appearance-none outline-none"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}

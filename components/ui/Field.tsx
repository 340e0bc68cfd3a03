'use client'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './cx'
import { useHydrated } from './use-hydrated'

type Around = {
  label: string
  /** What to know before typing; stays visible. */
  hint?: ReactNode
  /** What is wrong and what to do; linked to the field and announced. */
  error?: string | null
}

const control =
  'w-full min-w-0 rounded-sm border border-control bg-surface-0 px-2.5 text-ink-1 placeholder:text-ink-3 aria-invalid:border-crit'

export function TextField({ label, hint, error, className, ...rest }: ComponentProps<'input'> & Around) {
  return (
    <Labelled label={label} hint={hint} error={error} className={className}>
      {(wiring) => <input type="text" {...rest} {...wiring} className={cx(control, 'h-9 max-md:h-11')} />}
    </Labelled>
  )
}

export function TextAreaField({ label, hint, error, className, ...rest }: ComponentProps<'textarea'> & Around) {
  return (
    <Labelled label={label} hint={hint} error={error} className={className}>
      {(wiring) => <textarea rows={3} {...rest} {...wiring} className={cx(control, 'py-2')} />}
    </Labelled>
  )
}

/** Disabled until the page is alive: a choice made before that would be heard by nobody, and then taken back. */
export function SelectField({
  label,
  hint,
  error,
  className,
  children,
  disabled,
  ...rest
}: ComponentProps<'select'> & Around) {
  const isHydrated = useHydrated()
  return (
    <Labelled label={label} hint={hint} error={error} className={className}>
      {(wiring) => (
        <select {...rest} {...wiring} disabled={disabled || !isHydrated} className={cx(control, 'h-9 max-md:h-11')}>
          {children}
        </select>
      )}
    </Labelled>
  )
}

type Wiring = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }

function Labelled({
  label,
  hint,
  error,
  className,
  children,
}: Around & { className?: string; children: (wiring: Wiring) => ReactNode }) {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className={cx('grid gap-1', className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink-1">
        {label}
      </label>
      {hint && (
        <div id={`${id}-hint`} className="text-sm text-ink-3">
          {hint}
        </div>
      )}
      {children({
        id,
        ...(describedBy && { 'aria-describedby': describedBy }),
        ...(error && { 'aria-invalid': true as const }),
      })}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-crit">
          {error}
        </p>
      )}
    </div>
  )
}

import Link from 'next/link'
import { type ComponentProps, useId } from 'react'
import { cx } from './cx'

type Look = { tone?: 'plain' | 'primary' | 'danger' | 'ghost'; size?: 'small' | 'default' | 'touch' }

export function buttonClass({ tone = 'plain', size = 'default' }: Look = {}): string {
  return cx(
    'inline-flex items-center justify-center gap-1.5 rounded-sm font-medium whitespace-nowrap select-none',
    'transition-opacity duration-150 disabled:opacity-55 aria-disabled:opacity-55 aria-disabled:cursor-not-allowed',
    sizes[size],
    tones[tone],
  )
}

const sizes = {
  small: 'h-7 px-2 text-sm',
  default: 'h-8 px-3 text-sm max-md:h-11 max-md:px-4 max-md:text-base',
  touch: 'h-11 px-5 text-lg',
}
const tones = {
  plain: 'border border-control bg-surface-0 text-ink-1 hover:bg-surface-2',
  primary: 'bg-primary text-primary-ink hover:opacity-90',
  danger: 'bg-danger text-danger-ink hover:opacity-90',
  ghost: 'text-ink-2 hover:bg-surface-2 hover:text-ink-1',
}

export type ButtonProps = ComponentProps<'button'> &
  Look & {
    /** Why the button cannot be used now: it stays focusable, is announced as disabled, and the sentence is shown. */
    disabledReason?: string | null
    /** Id of the text that shows the reason already, for several buttons that share one. */
    reasonShownAt?: string
    /** Shows this word in place of the label and takes no more presses. */
    busyLabel?: string | null
  }

export function Button({
  tone,
  size,
  disabledReason,
  reasonShownAt,
  busyLabel,
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const reasonId = useId()
  const isBlocked = Boolean(disabledReason) || Boolean(busyLabel)
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={isBlocked || undefined}
      aria-busy={Boolean(busyLabel) || undefined}
      aria-describedby={disabledReason ? (reasonShownAt ?? reasonId) : rest['aria-describedby']}
      onClick={(event) => {
        if (isBlocked) return event.preventDefault()
        onClick?.(event)
      }}
      className={cx(buttonClass({ tone, size }), className)}
    >
      {busyLabel ?? children}
    </button>
  )
  if (!disabledReason || reasonShownAt) return button
  return (
    <span className="inline-flex max-w-full flex-col items-start gap-1">
      {button}
      <span id={reasonId} className="max-w-prose text-xs text-ink-3">
        {disabledReason}
      </span>
    </span>
  )
}

export function ButtonLink({ tone, size, className, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link prefetch={false} {...rest} className={cx(buttonClass({ tone, size }), className)} />
}

/** A square button with an icon; `label` is its name for everybody. */
export function IconButton({ label, className, ...rest }: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={cx(
        'inline-flex size-8 items-center justify-center rounded-sm text-ink-2 hover:bg-surface-2 hover:text-ink-1 max-md:size-11',
        className,
      )}
    />
  )
}

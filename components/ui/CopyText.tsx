'use client'
import { Check, Copy } from 'lucide-react'
import { cx } from './cx'
import { useCopied } from './use-copied'

/** An id, hash or command that can be selected and copied. `shown` may be shorter than what is copied. */
export function CopyText({
  text,
  shown,
  label = 'Copy',
  className,
}: {
  text: string
  shown?: string
  label?: string
  className?: string
}) {
  const { isCopied, copy, forget } = useCopied(text)
  return (
    <span className={cx('inline-flex max-w-full items-center gap-1', className)}>
      <code className="truncate font-mono text-sm" title={shown ? text : undefined}>
        {shown ?? text}
      </code>
      <button
        type="button"
        aria-label={`${label}: ${text}`}
        title={isCopied ? 'Copied' : label}
        onClick={copy}
        onBlur={forget}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-ink-3 hover:bg-surface-2 hover:text-ink-1"
      >
        {isCopied ? <Check aria-hidden size={13} /> : <Copy aria-hidden size={13} />}
      </button>
      <span aria-live="polite" className="sr-only">
        {isCopied ? 'Copied' : ''}
      </span>
    </span>
  )
}

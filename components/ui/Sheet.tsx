'use client'
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { IconButton } from './Button'
import { cx } from './cx'

/**
 * A modal surface on the platform's own `<dialog>`: it traps and returns the focus, closes on Escape, and makes the page
 * behind it inert. `side`: a drawer at the right edge (at the bottom on a phone); `centre`: a box.
 * Closing never commits anything. What carries `data-first-focus` gets the focus: React's `autoFocus` comes too early, while
 * the dialog is still closed, and the platform would take the first button, which is the one that closes.
 */
export function Sheet({
  isOpen,
  onClose,
  title,
  side = 'right',
  children,
  footer,
}: {
  isOpen: boolean
  onClose: () => void
  title: string
  side?: 'right' | 'left' | 'centre'
  children: ReactNode
  footer?: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // `<dialog>` opens by a method, not by a property: this keeps it equal to `isOpen`.
  useEffect(() => {
    if (isOpen && !dialog.current?.open) {
      dialog.current?.showModal()
      dialog.current?.querySelector<HTMLElement>('[data-first-focus]')?.focus()
    }
    if (!isOpen && dialog.current?.open) dialog.current?.close()
  }, [isOpen])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape and the close button are the keyboard's way; the backdrop is the pointer's.
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className={cx('border-hairline bg-surface-1 text-ink-1 backdrop:appear-late', places[side])}
    >
      {isOpen && (
        <div className="flex max-h-full min-h-0 flex-col">
          <header className="flex items-start gap-2 border-b border-hairline py-2 pr-2 pl-4">
            <h2 id={titleId} className="flex-1 py-1 text-lg font-semibold">
              {title}
            </h2>
            <IconButton label="Close" onClick={onClose}>
              <X aria-hidden size={16} />
            </IconButton>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer && (
            <footer className="flex flex-wrap items-center justify-end gap-4 border-t border-hairline p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
              {footer}
            </footer>
          )}
        </div>
      )}
    </dialog>
  )
}

const places = {
  right:
    'm-0 ml-auto h-dvh max-h-none w-[min(36rem,100vw)] max-w-none border-l max-md:mt-auto max-md:h-fit max-md:max-h-[90dvh] max-md:w-screen max-md:rounded-t-md max-md:border-t max-md:border-l-0',
  left: 'm-0 h-dvh max-h-none w-72 max-w-none border-r',
  centre: 'm-auto max-h-[90dvh] w-[min(32rem,calc(100vw-2rem))] max-w-none rounded-md border',
} as const

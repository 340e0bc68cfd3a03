'use client'
import { type ReactNode, useId, useState } from 'react'
import { Button } from '../ui/Button'
import { Sheet } from '../ui/Sheet'
import { FailureCard } from './FailureCard'

/**
 * Asks once more, naming the act and what it changes. The way back comes first and has the focus; Enter in the dialog
 * never commits; an error stays in the dialog. `commit` may reject: its error is shown.
 */
export function ConfirmDialog({
  isOpen,
  onClose,
  title,
  children,
  verb,
  tone = 'primary',
  disabledReason,
  commit,
}: {
  isOpen: boolean
  onClose: () => void
  title: string
  /** What will happen, to what, and what stays half-done. */
  children: ReactNode
  /** The label of the commit button says the act: "Abort after step 3". */
  verb: string
  tone?: 'primary' | 'danger'
  disabledReason?: string | null
  commit: () => Promise<unknown>
}) {
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const bodyId = useId()
  const close = () => {
    if (isSending) return
    setError(null)
    onClose()
  }
  const onCommit = async () => {
    setSending(true)
    setError(null)
    try {
      await commit()
      onClose()
    } catch (caught) {
      setError(caught)
    } finally {
      setSending(false)
    }
  }
  return (
    <Sheet
      isOpen={isOpen}
      onClose={close}
      title={title}
      side="centre"
      footer={
        <>
          <Button data-first-focus onClick={close}>
            Back
          </Button>
          <Button
            tone={tone}
            aria-describedby={bodyId}
            disabledReason={disabledReason}
            busyLabel={isSending ? 'Sending…' : null}
            onClick={onCommit}
          >
            {verb}
          </Button>
        </>
      }
    >
      <div id={bodyId} className="grid gap-4">
        {children}
        {error != null && <FailureCard error={error} what={verb} />}
      </div>
    </Sheet>
  )
}

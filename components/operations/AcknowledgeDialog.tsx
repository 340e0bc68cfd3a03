'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { whyNotReason } from '@/model/reason'
import type { OperationDetail } from '@/model/schemas/operations'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { ReasonField } from '../ui/ReasonField'

const chips = ['Looked at with the team', 'The cell is stable at its new home']

/** A person acknowledges a failover that is done: the rest of its cell ends, and nothing else changes. */
export function AcknowledgeDialog({ operation, onClose }: { operation: OperationDetail; onClose: () => void }) {
  const [note, setNote] = useState('')
  const acknowledge = useMutation(useTRPC().operations.acknowledge.mutationOptions())
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Acknowledge ${operation.code}?`}
      verb="Acknowledge"
      disabledReason={whyNotReason(note, 'what you found')}
      commit={() => acknowledge.mutateAsync({ id: operation.id, note: note.trim() })}
    >
      <p>
        Until somebody acknowledges it, {operation.plan.cell} rests: another failover of it is refused, or named as an
        override. Nothing is moved or opened by this.
      </p>
      <ReasonField label="What you found" chips={chips} value={note} onChange={setNote} />
    </ConfirmDialog>
  )
}

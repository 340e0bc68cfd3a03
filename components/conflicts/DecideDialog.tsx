'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { formatCount } from '@/model/format'
import { whyNotReason } from '@/model/reason'
import { type ConflictDecision, conflictDecisions } from '@/model/schemas/conflicts'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { showToast } from '../shell/toasts'
import { useTRPC } from '../trpc'
import { ReasonField } from '../ui/ReasonField'
import { decisionMeaning } from './conflict-words'

const decisions = Object.keys(conflictDecisions) as ConflictDecision[]
const chips = ['Entered by hand', 'The newer row counts', 'The tenant was asked']

/** One word and one note for one row or for a selection. What somebody else decided meanwhile stays, and is told. */
export function DecideDialog({
  ids,
  preset = null,
  onClose,
  onDecided,
}: {
  ids: readonly string[]
  preset?: ConflictDecision | null
  onClose: () => void
  onDecided?: () => void
}) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [decision, setDecision] = useState<ConflictDecision | null>(preset)
  const [note, setNote] = useState('')
  const decide = useMutation(trpc.conflicts.decide.mutationOptions())
  const rows = `${formatCount(ids.length)} ${ids.length === 1 ? 'row' : 'rows'}`
  const commit = async () => {
    if (!decision) return
    const { decidedCount, alreadyDecided } = await decide.mutateAsync({ ids: [...ids], decision, note: note.trim() })
    const others = alreadyDecided.length
    showToast({
      status: others > 0 ? 'warn' : 'ok',
      says: `Decided ${formatCount(decidedCount)}.${others > 0 ? ` ${formatCount(others)} had been decided already and stay as they were.` : ''}`,
    })
    await cache.invalidateQueries(trpc.conflicts.pathFilter())
    await cache.invalidateQueries(trpc.staleServers.pathFilter())
    onDecided?.()
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Decide on ${rows}`}
      verb={decision ? `${conflictDecisions[decision]}: ${rows}` : 'Decide'}
      disabledReason={!decision ? 'Choose what counts first.' : whyNotReason(note, 'why')}
      commit={commit}
    >
      <DecisionChoice value={decision} onChange={setDecision} />
      <ReasonField label="Note" chips={chips} value={note} onChange={setNote} />
    </ConfirmDialog>
  )
}

function DecisionChoice({
  value,
  onChange,
}: {
  value: ConflictDecision | null
  onChange: (decision: ConflictDecision) => void
}) {
  const name = useId()
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium text-ink-1">What counts</legend>
      {decisions.map((decision) => (
        <label
          key={decision}
          className="flex cursor-pointer items-start gap-2 rounded-sm border border-hairline px-3 py-2 has-checked:border-active"
        >
          <input
            type="radio"
            name={name}
            value={decision}
            checked={value === decision}
            onChange={() => onChange(decision)}
            className="mt-1 size-4"
          />
          <span>
            <span className="block font-medium text-ink-1">{conflictDecisions[decision]}</span>
            <span className="block text-sm text-ink-3">{decisionMeaning[decision]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

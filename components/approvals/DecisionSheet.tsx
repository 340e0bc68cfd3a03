'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { paths } from '@/model/paths'
import type { RequestDetail } from '@/model/schemas/operations'
import { sayLoss } from '../operations/BlastRadius'
import { useNow } from '../shell/clock'
import { FailureCard } from '../shell/FailureCard'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import { formatCount, formatMs, shortHash } from '../ui/format'
import { ReasonField } from '../ui/ReasonField'
import { Sheet } from '../ui/Sheet'

const chips = {
  approve: ['Planned maintenance', 'Checked with the owner', 'Incident response'],
  reject: ['Wrong time', 'Wrong target', 'Not enough facts'],
} as const

/** Restates what is decided, asks why, and proves the person once more where the last proof is too old. */
export function DecisionSheet({
  decision,
  request,
  onClose,
}: {
  decision: 'approve' | 'reject'
  request: RequestDetail
  onClose: () => void
}) {
  const trpc = useTRPC()
  const router = useRouter()
  const nowMs = useNow()
  const [reason, setReason] = useState('')
  const [code, setCode] = useState('')
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const stepUp = useMutation(trpc.session.stepUp.mutationOptions())
  const approve = useMutation(trpc.requests.approve.mutationOptions())
  const reject = useMutation(trpc.requests.reject.mutationOptions())
  const needsProof =
    decision === 'approve' && (request.steppedUpUntil === null || Date.parse(request.steppedUpUntil) <= nowMs)
  const missing =
    reason.trim().length < 3
      ? 'Give a reason first.'
      : needsProof && !/^\d{6}$/.test(code)
        ? 'Enter the six digits first.'
        : null

  const decide = async () => {
    const vote = { id: request.id, planHash: request.planHash, reason: reason.trim() }
    if (needsProof) await stepUp.mutateAsync({ code })
    if (decision === 'reject') return reject.mutateAsync(vote).then(onClose)
    const { operationId } = await approve.mutateAsync(vote)
    if (operationId) router.push(paths.operation({ id: operationId }))
    else onClose()
  }
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    if (missing || isSending) return
    setSending(true)
    setError(null)
    await decide().catch(setError)
    setSending(false)
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={decision === 'approve' ? 'Approve this switchover?' : 'Reject this switchover?'}
    >
      <form onSubmit={onSubmit} className="grid gap-4">
        <p>{restate(request)}</p>
        <ReasonField chips={chips[decision]} value={reason} onChange={setReason} />
        {needsProof && (
          <TextField
            label="Code from your authenticator"
            hint="Approving asks for the second factor again when it is older than five minutes."
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
        {error != null && <FailureCard error={error} what={decision === 'approve' ? 'Approve' : 'Reject'} />}
        <div className="flex flex-wrap items-start justify-end gap-4">
          <Button data-first-focus size="touch" onClick={onClose}>
            Back
          </Button>
          <Button
            type="submit"
            size="touch"
            tone={decision === 'approve' ? 'primary' : 'danger'}
            disabledReason={missing}
            busyLabel={isSending ? 'Sending…' : null}
          >
            {decision === 'approve' ? 'Confirm approval' : 'Confirm rejection'}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}

function restate({ plan, planHash }: RequestDetail): string {
  const { lowMs, highMs } = plan.writePauseEstimate
  return `Move the writes of ${plan.cell} from ${plan.source.region} to ${plan.target.region}: ${formatCount(plan.blastRadius.tenantCount)} tenants, data loss ${sayLoss(plan.loss).toLowerCase()}, write pause ${formatMs(lowMs)} to ${formatMs(highMs)}. Plan ${shortHash(planHash)}`
}

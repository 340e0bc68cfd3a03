'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { unconfirmedOverrides } from '@/model/approval-rules'
import { formatCount, formatMs, shortHash } from '@/model/format'
import { paths } from '@/model/paths'
import type { RequestDetail } from '@/model/schemas/operations'
import { sayLoss } from '../operations/say-loss'
import { ProofField } from '../session/ProofField'
import { useProof } from '../session/use-proof'
import { FailureCard } from '../shell/FailureCard'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { ReasonField } from '../ui/ReasonField'
import { Sheet } from '../ui/Sheet'
import { ConfirmOverrides } from './ConfirmOverrides'
import { nounOf } from './kind-nouns'

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
  const [reason, setReason] = useState('')
  const [confirmed, setConfirmed] = useState<string[]>([])
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const approve = useMutation(trpc.requests.approve.mutationOptions())
  const reject = useMutation(trpc.requests.reject.mutationOptions())
  const proof = useProof({ requestId: request.id, planHash: request.planHash })
  const isYes = decision === 'approve'
  const missing = reason.trim().length < 3 ? 'Give a reason first.' : isYes ? missingForYes() : null

  function missingForYes(): string | null {
    if (unconfirmedOverrides(request.plan, confirmed).length > 0) return 'Confirm each overridden rule first.'
    return proof.missing
  }
  const decide = async () => {
    const vote = { id: request.id, planHash: request.planHash, reason: reason.trim() }
    if (!isYes) return reject.mutateAsync(vote).then(onClose)
    await proof.prove()
    const { operationId } = await approve.mutateAsync({ ...vote, confirmedOverrides: confirmed }).catch(proof.askAgain)
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
    <Sheet isOpen onClose={onClose} title={`${isYes ? 'Approve' : 'Reject'} this ${nounOf(request.kind)}?`}>
      <form onSubmit={onSubmit} className="grid gap-4">
        <p>{restate(request)}</p>
        {isYes && (
          <ConfirmOverrides
            overrides={request.plan.overrides}
            checks={request.checks}
            confirmed={confirmed}
            onChange={setConfirmed}
          />
        )}
        <ReasonField chips={chips[decision]} value={reason} onChange={setReason} />
        {isYes && <ProofField proof={proof} act="Approving" />}
        {error != null && <FailureCard error={error} what={isYes ? 'Approve' : 'Reject'} />}
        <div className="flex flex-wrap items-start justify-end gap-4">
          <Button data-first-focus size="touch" onClick={onClose}>
            Back
          </Button>
          <Button
            type="submit"
            size="touch"
            tone={isYes ? 'primary' : 'danger'}
            disabledReason={missing}
            busyLabel={isSending ? 'Sending…' : null}
          >
            {isYes
              ? proof.isNeeded && proof.by === 'passkey'
                ? 'Confirm with passkey'
                : 'Confirm approval'
              : 'Confirm rejection'}
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

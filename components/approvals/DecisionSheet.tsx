'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { unconfirmedOverrides } from '@/model/approval-rules'
import { paths } from '@/model/paths'
import { whyNotReason } from '@/model/reason'
import type { RequestDetail } from '@/model/schemas/operations'
import { ProofField } from '../session/ProofField'
import { useProof } from '../session/use-proof'
import { FailureCard } from '../shell/FailureCard'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { ReasonField } from '../ui/ReasonField'
import { Sheet } from '../ui/Sheet'
import { AttestBox } from './AttestBox'
import { ConfirmOverrides } from './ConfirmOverrides'
import { isDeclared } from './is-declared'
import { nounOf } from './kind-nouns'
import { restate } from './say-decision'

const chipsForNo = ['Wrong time', 'Wrong target', 'Not enough facts']

/** Nothing is attested with ready words, and a forced failover is nobody's maintenance. */
function chipsForYes(plan: RequestDetail['plan']): readonly string[] {
  if (isDeclared(plan)) return []
  const some = ['Checked with the owner', 'Incident response']
  return plan.kind === 'forced-failover' ? some : ['Planned maintenance', ...some]
}

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
  const cache = useQueryClient()
  const [reason, setReason] = useState('')
  const [confirmed, setConfirmed] = useState<string[]>([])
  const [hasAttested, setAttested] = useState(false)
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const approve = useMutation(trpc.requests.approve.mutationOptions())
  const reject = useMutation(trpc.requests.reject.mutationOptions())
  const proof = useProof({ requestId: request.id, planHash: request.planHash })
  const isYes = decision === 'approve'
  const isAttesting = isYes && isDeclared(request.plan)
  const missing = whyNotReason(reason) ?? (isYes ? missingForYes() : null)

  function missingForYes(): string | null {
    if (isAttesting && !hasAttested) return `Attest that ${request.plan.source.member} takes no writes first.`
    if (unconfirmedOverrides(request.plan, confirmed).length > 0) return 'Confirm each overridden rule first.'
    return proof.missing
  }
  /** The sheet stays until the page behind it counts the vote: it must not say "0 of 2" to whoever has just given one. */
  const closeCounted = async () => {
    await cache.invalidateQueries(trpc.requests.get.queryFilter({ id: request.id }))
    onClose()
  }
  const decide = async () => {
    const vote = { id: request.id, planHash: request.planHash, reason: reason.trim() }
    if (!isYes) return reject.mutateAsync(vote).then(closeCounted)
    await proof.prove()
    const { operationId } = await approve.mutateAsync({ ...vote, confirmedOverrides: confirmed }).catch(proof.askAgain)
    if (operationId) router.push(paths.operation({ id: operationId }))
    else await closeCounted()
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
      title={`${isAttesting ? 'Attest and approve' : isYes ? 'Approve' : 'Reject'} this ${nounOf(request.kind)}?`}
    >
      <form onSubmit={onSubmit} className="grid gap-4">
        <p>{restate(request)}</p>
        {isYes && <ConfirmOverrides overrides={request.plan.overrides} confirmed={confirmed} onChange={setConfirmed} />}
        {isAttesting && (
          <AttestBox
            member={request.plan.source.member}
            note="Nothing else proves it: if it does, two servers will take writes at once."
            hasAttested={hasAttested}
            onChange={setAttested}
          />
        )}
        <ReasonField
          label={isAttesting ? `Reason: how you know it of ${request.plan.source.member}` : undefined}
          chips={isYes ? chipsForYes(request.plan) : chipsForNo}
          value={reason}
          onChange={setReason}
        />
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
            {isYes ? sayYes(isAttesting, proof.isNeeded && proof.by === 'passkey') : 'Confirm rejection'}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}

function sayYes(isAttesting: boolean, isByPasskey: boolean): string {
  if (isAttesting) return isByPasskey ? 'Attest and approve with passkey' : 'Attest and approve'
  return isByPasskey ? 'Confirm with passkey' : 'Confirm approval'
}

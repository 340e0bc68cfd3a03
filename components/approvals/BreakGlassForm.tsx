'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { formatCount } from '@/model/format'
import { paths } from '@/model/paths'
import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import { ProofField } from '../session/ProofField'
import { useProof } from '../session/use-proof'
import { FailureCard } from '../shell/FailureCard'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { TextAreaField, TextField } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { OverrideList } from './OverrideList'

const REASON_CHARS_MIN = 20

/**
 * Starts a forced failover at once, without a second person, from a dry run that was made for it (`isBreakGlass`). Says what is
 * skipped, what is not, and that it will be reviewed; the reason is typed, there are no ready words for it. One that declares
 * the old primary closed goes to the second person who has to attest it.
 */
export function BreakGlassForm({
  plan,
  planHash,
  hasExpired,
}: {
  plan: ForcedFailoverPlan
  planHash: string
  hasExpired: boolean
}) {
  const trpc = useTRPC()
  const router = useRouter()
  const whyNotYou = useWhyNot('operation:break-glass')
  const proof = useProof()
  const [typedRegion, setTypedRegion] = useState('')
  const [reason, setReason] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isSending, setSending] = useState(false)
  // One intent, one key: pressing twice, or again after a lost answer, breaks the glass once.
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const start = useMutation(trpc.breakGlass.start.mutationOptions())
  const region = plan.source.region
  const missing =
    whyNotYou ??
    (hasExpired ? 'The dry run is too old: run it again.' : null) ??
    (typedRegion.trim() === region ? null : 'Type the region that will be fenced.') ??
    (reason.trim().length < REASON_CHARS_MIN ? 'Say in a sentence why this cannot wait for another person.' : null) ??
    proof.missing
  const send = async () => {
    await proof.prove()
    const order = { cellId: plan.cell, targetMember: plan.target.member, planHash, idempotencyKey }
    const { operationId, requestId } = await start
      .mutateAsync({ ...order, typedRegion: typedRegion.trim(), reason: reason.trim() })
      .catch(proof.askAgain)
    router.push(operationId ? paths.operation({ id: operationId }) : paths.approval({ id: requestId }))
  }
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    if (missing || isSending) return
    setSending(true)
    setError(null)
    await send().catch(setError)
    setSending(false)
  }
  return (
    <form aria-label="Break-glass" onSubmit={onSubmit} className="grid gap-4 border-t border-crit/50 pt-4">
      <Notice status="crit">
        <p className="font-medium">
          {plan.isDeclared
            ? `Break-glass: this starts as soon as one other person attests that ${plan.source.member} takes no writes. If it does, two servers will.`
            : 'Break-glass: this starts at once, and nobody else approves it.'}
        </p>
        <p className="text-sm">
          The old primary is fenced and every step is audited as always. Everybody is told, it must begin within 30
          minutes, and another person has to review it.
        </p>
      </Notice>
      <OverrideList plan={plan} />
      <TextField
        label="Region that will be fenced"
        hint="Type the code of the region that takes the writes now."
        autoComplete="off"
        spellCheck={false}
        value={typedRegion}
        onChange={(event) => setTypedRegion(event.target.value)}
      />
      <TextAreaField
        label="Why this cannot wait for another person"
        hint="Goes into the audit trail and to everybody who is told."
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <ProofField proof={proof} act="Breaking the glass" />
      {error != null && <FailureCard error={error} what="Break-glass" />}
      <div>
        <Button
          type="submit"
          tone="danger"
          size="touch"
          disabledReason={missing}
          busyLabel={isSending ? 'Sending…' : null}
        >
          Break the glass: fence {plan.source.member} in {region} and move {formatCount(plan.blastRadius.tenantCount)}{' '}
          tenants to {plan.target.member} now
        </Button>
      </div>
    </form>
  )
}

'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { whyNotReason } from '@/model/reason'
import type { OperationPlan } from '@/model/schemas/plans'
import { FailureCard } from '../shell/FailureCard'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import { ReasonField } from '../ui/ReasonField'

type Order = {
  cellId: string
  targetMember: string
  planHash: string
  typedRegion: string
  reason: string
  incidentRef?: string
  idempotencyKey: string
}

/** The request itself: the region that will be fenced, typed out, and why. The button says the act. */
export function RequestForm({
  plan,
  planHash,
  title,
  act,
  chips,
  tone = 'primary',
  whyNot,
  send,
}: {
  plan: OperationPlan
  planHash: string
  title: string
  /** The label of the button: "Request: fence eu-central-1 and move 40 tenants". */
  act: string
  chips: readonly string[]
  tone?: 'primary' | 'danger'
  /** What stands in the way beside the fields of this form. */
  whyNot: string | null
  /** Sends it and answers where to go. */
  send: (order: Order) => Promise<string>
}) {
  const router = useRouter()
  const [typedRegion, setTypedRegion] = useState('')
  const [reason, setReason] = useState('')
  const [incidentRef, setIncidentRef] = useState('')
  // One intent, one key: pressing twice, or again after a lost answer, is the same request.
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const request = useMutation({ mutationFn: send })
  const region = plan.source.region
  const missing = whyNot ?? whatIsMissing({ typedRegion, region, reason })
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    if (missing || request.isPending) return
    const path = await request.mutateAsync({
      cellId: plan.cell,
      targetMember: plan.target.member,
      planHash,
      typedRegion: typedRegion.trim(),
      reason: reason.trim(),
      idempotencyKey,
      ...(incidentRef.trim() && { incidentRef: incidentRef.trim() }),
    })
    router.push(path)
  }
  return (
    <form
      onSubmit={(event) => void onSubmit(event).catch(() => undefined)}
      className="grid grid-cols-1 gap-4 border-t border-hairline pt-4"
    >
      <h3 className="text-sm font-semibold text-ink-1">{title}</h3>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          label="Region that will be fenced"
          hint="Type the code of the region that takes the writes now."
          autoComplete="off"
          spellCheck={false}
          value={typedRegion}
          error={
            typedRegion !== '' && !region.startsWith(typedRegion.trim())
              ? 'This is not the region that takes the writes now.'
              : null
          }
          onChange={(event) => setTypedRegion(event.target.value)}
        />
        <TextField
          label="Incident, if there is one"
          hint="A reference such as INC-771."
          maxLength={100}
          value={incidentRef}
          onChange={(event) => setIncidentRef(event.target.value)}
        />
      </div>
      <ReasonField chips={chips} value={reason} onChange={setReason} />
      {request.error && <FailureCard error={request.error} what="Request" />}
      <div>
        <Button
          type="submit"
          tone={tone}
          size="touch"
          className="max-w-full max-sm:h-auto max-sm:min-h-11 max-sm:py-2 max-sm:whitespace-normal"
          disabledReason={missing}
          busyLabel={request.isPending ? 'Sending…' : null}
        >
          {act}
        </Button>
      </div>
    </form>
  )
}

type Fields = { typedRegion: string; region: string; reason: string }

function whatIsMissing({ typedRegion, region, reason }: Fields): string | null {
  if (typedRegion.trim() !== region) return 'Type the region that will be fenced.'
  return whyNotReason(reason)
}

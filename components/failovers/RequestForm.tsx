'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { paths } from '@/model/paths'
import type { CellView } from '@/model/schemas/estate'
import type { SwitchoverPlan } from '@/model/schemas/plans'
import { CouldApprove } from '../approvals/CouldApprove'
import { FailureCard } from '../shell/FailureCard'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import { formatCount } from '../ui/format'
import { ReasonField } from '../ui/ReasonField'

const chips = ['Planned maintenance', 'Moving load', 'Drill', 'Trouble in this region']

/** The request itself: the region that will be fenced, typed out, and why. The button says the act. */
export function RequestForm({
  cell,
  plan,
  planHash,
  hasExpired,
}: {
  cell: CellView
  plan: SwitchoverPlan
  planHash: string
  hasExpired: boolean
}) {
  const router = useRouter()
  const [typedRegion, setTypedRegion] = useState('')
  const [reason, setReason] = useState('')
  const [incidentRef, setIncidentRef] = useState('')
  // One intent, one key: pressing twice, or again after a lost answer, is the same request.
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const request = useMutation(useTRPC().switchovers.request.mutationOptions())
  const region = plan.source.region
  const missing = hasExpired
    ? 'The dry run is too old: run it again.'
    : typedRegion.trim() !== region
      ? 'Type the region that will be fenced.'
      : reason.trim().length < 3
        ? 'Give a reason.'
        : null
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    if (missing || request.isPending) return
    const order = {
      cellId: cell.id,
      targetMember: plan.target.member,
      planHash,
      typedRegion: typedRegion.trim(),
      reason: reason.trim(),
      idempotencyKey,
    }
    const { requestId } = await request.mutateAsync({
      ...order,
      ...(incidentRef.trim() && { incidentRef: incidentRef.trim() }),
    })
    router.push(paths.approval({ id: requestId }))
  }
  return (
    <form
      onSubmit={(event) => void onSubmit(event).catch(() => undefined)}
      className="grid gap-4 border-t border-hairline pt-4"
    >
      <h3 className="text-sm font-semibold text-ink-1">4 · Request it</h3>
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
      <CouldApprove kind={plan.kind} cellId={cell.id} />
      {request.error && <FailureCard error={request.error} what="Request" />}
      <div>
        <Button
          type="submit"
          tone="primary"
          size="touch"
          disabledReason={missing}
          busyLabel={request.isPending ? 'Sending…' : null}
        >
          Request: fence {region} and move {formatCount(plan.blastRadius.tenantCount)} tenants
        </Button>
      </div>
    </form>
  )
}

'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { paths } from '@/model/paths'
import { whyNotReason } from '@/model/reason'
import type { ReinstatementPreview, StaleServerDetail } from '@/model/schemas/stale-servers'
import { CheckList } from '../approvals/CheckList'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { FailureCard } from '../shell/FailureCard'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import { Notice } from '../ui/Notice'
import { ReasonField } from '../ui/ReasonField'
import { Skeleton } from '../ui/Skeleton'

/** Asks that the server be emptied and copied anew: its dry run first, then the region typed out. Another person approves it. */
export function RebuildDialog({ server, onClose }: { server: StaleServerDetail; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const dryRun = useMutation(trpc.reinstatements.preview.mutationOptions())
  const request = useMutation(trpc.reinstatements.request.mutationOptions())
  const [region, setRegion] = useState('')
  const [reason, setReason] = useState('')
  // One intent, one key: pressing twice, or again after a lost answer, is the same request.
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const { mutate } = dryRun
  // The dry run is made when the dialog opens: it is what the dialog is about.
  useEffect(() => mutate({ id: server.id }), [mutate, server.id])
  const preview = dryRun.data
  const commit = async () => {
    if (!preview?.plan || !preview.planHash) return
    const { requestId } = await request.mutateAsync({
      cellId: server.cellId,
      targetMember: preview.plan.target.member,
      planHash: preview.planHash,
      typedRegion: region.trim(),
      reason: reason.trim(),
      idempotencyKey,
    })
    router.push(paths.approval({ id: requestId }))
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Rebuild ${server.member} as a standby?`}
      verb={`Request: empty ${server.member}`}
      tone="danger"
      disabledReason={whyNotYet(preview, { region, reason, server })}
      commit={commit}
    >
      <p>
        What {server.member} holds is destroyed and copied anew from {server.activeMember}. A request changes nothing:
        another person approves it first.
      </p>
      {dryRun.error && <FailureCard error={dryRun.error} what="Dry run" onRetry={() => mutate({ id: server.id })} />}
      {dryRun.isPending && <Skeleton className="h-32 w-full" />}
      {preview && (
        <>
          {!preview.plan && (
            <Notice
              status="warn"
              action={
                <Button size="small" onClick={() => mutate({ id: server.id })}>
                  Look again
                </Button>
              }
            >
              It cannot be asked for yet.
            </Notice>
          )}
          <CheckList checks={preview.checks} />
        </>
      )}
      <TextField
        label="Region of the server that is emptied"
        hint="Type its code."
        autoComplete="off"
        spellCheck={false}
        value={region}
        onChange={(event) => setRegion(event.target.value)}
      />
      <ReasonField chips={['It is read out', 'Redundancy is missing']} value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

function whyNotYet(
  preview: ReinstatementPreview | undefined,
  { region, reason, server }: { region: string; reason: string; server: StaleServerDetail },
): string | null {
  if (!preview) return 'The dry run is being made.'
  if (!preview.plan) return 'The dry run found something that speaks against it.'
  if (region.trim() !== server.region) return 'Type the region of the server that is emptied.'
  return whyNotReason(reason)
}

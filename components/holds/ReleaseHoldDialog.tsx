'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { whyNotReason } from '@/model/reason'
import type { HoldView } from '@/model/schemas/holds'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { ReasonField } from '../ui/ReasonField'
import { nameOfHold } from './name-of-hold'

export function ReleaseHoldDialog({ hold, onClose }: { hold: HoldView; onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const release = useMutation(trpc.holds.release.mutationOptions())
  const [reason, setReason] = useState('')
  const commit = async () => {
    await release.mutateAsync({ id: hold.id, reason: reason.trim() })
    await cache.invalidateQueries(trpc.holds.pathFilter())
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Release the ${nameOfHold(hold)}?`}
      verb="Release"
      disabledReason={whyNotReason(reason)}
      commit={commit}
    >
      <p>
        Operations may be asked for and started again. It was placed by {hold.placedBy.name}: {hold.reason}
      </p>
      <ReasonField chips={['Incident is over', 'Maintenance is done']} value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

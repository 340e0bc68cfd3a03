'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { whyNotReason } from '@/model/reason'
import type { RequestDetail } from '@/model/schemas/operations'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { ReasonField } from '../ui/ReasonField'

export function WithdrawDialog({ request, onClose }: { request: RequestDetail; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const withdraw = useMutation(useTRPC().requests.withdraw.mutationOptions())
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Withdraw ${request.code}?`}
      verb="Withdraw"
      disabledReason={whyNotReason(reason)}
      commit={() => withdraw.mutateAsync({ id: request.id, reason: reason.trim() })}
    >
      <p>Nobody can approve it afterwards. A new request needs a new dry run.</p>
      <ReasonField chips={['No longer needed', 'Wrong target']} value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

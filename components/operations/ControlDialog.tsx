'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { whyNotReason } from '@/model/reason'
import type { OperationDetail } from '@/model/schemas/operations'
import type { OperationAction } from '@/model/states'
import { ProofField } from '../session/ProofField'
import { useProof } from '../session/use-proof'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { ReasonField } from '../ui/ReasonField'
import { controls, verbOf } from './control-words'

/** Says what the order leads to, asks why, and proves the person once more where the last proof is too old. */
export function ControlDialog({
  action,
  operation,
  onClose,
}: {
  action: OperationAction
  operation: OperationDetail
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const send = useControl(action)
  const proof = useProof()
  const { title, says, chips } = controls[action]
  const missing = whyNotReason(reason) ?? proof.missing
  const commit = async () => {
    await proof.prove()
    await send({ id: operation.id, reason: reason.trim() }).catch(proof.askAgain)
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={title}
      verb={verbOf(action, operation)}
      tone={action === 'abort' ? 'danger' : 'primary'}
      disabledReason={missing}
      commit={commit}
    >
      <p>{says(operation)}</p>
      <ReasonField chips={chips} value={reason} onChange={setReason} />
      <ProofField proof={proof} act="Controlling an operation" />
    </ConfirmDialog>
  )
}

function useControl(action: OperationAction) {
  const trpc = useTRPC()
  const mutations = {
    pause: useMutation(trpc.operations.pause.mutationOptions()),
    resume: useMutation(trpc.operations.resume.mutationOptions()),
    abort: useMutation(trpc.operations.abort.mutationOptions()),
    retry: useMutation(trpc.operations.retry.mutationOptions()),
  }
  return mutations[action].mutateAsync
}

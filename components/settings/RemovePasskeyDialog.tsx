'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PasskeyView } from '@/model/schemas/passkeys'
import { ProofField } from '../session/ProofField'
import { useProof } from '../session/use-proof'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'

export function RemovePasskeyDialog({ passkey, onClose }: { passkey: PasskeyView; onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const proof = useProof()
  const remove = useMutation(trpc.session.removePasskey.mutationOptions())
  const commit = async () => {
    await proof.prove()
    await remove.mutateAsync({ id: passkey.id }).catch(proof.askAgain)
    await cache.invalidateQueries(trpc.session.pathFilter())
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Remove ${passkey.name}?`}
      verb="Remove passkey"
      tone="danger"
      disabledReason={proof.missing}
      commit={commit}
    >
      <p>It proves you no longer. Codes from your authenticator go on working.</p>
      <ProofField proof={proof} act="Removing a passkey" />
    </ConfirmDialog>
  )
}

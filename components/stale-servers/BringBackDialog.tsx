'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { whyNotReason } from '@/model/reason'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { ProofField } from '../session/ProofField'
import { useProof } from '../session/use-proof'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { ReasonField } from '../ui/ReasonField'

/** Switches the machine on for the console alone, and says what follows. */
export function BringBackDialog({ server, onClose }: { server: StaleServerDetail; onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [reason, setReason] = useState('')
  const proof = useProof()
  const bringBack = useMutation(trpc.staleServers.bringBack.mutationOptions())
  const commit = async () => {
    await proof.prove()
    await bringBack.mutateAsync({ id: server.id, reason: reason.trim() }).catch(proof.askAgain)
    await cache.invalidateQueries(trpc.staleServers.get.queryFilter({ id: server.id }))
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Bring ${server.member} back closed?`}
      verb={`Switch ${server.member} on`}
      disabledReason={whyNotReason(reason) ?? proof.missing}
      commit={commit}
    >
      <p>
        {server.member} is switched on so that nobody but the console reaches its database. Its gate is closed at epoch{' '}
        {server.fencedEpoch}, and what it wrote on its own is read out. It stays shut until it is rebuilt.
      </p>
      <ReasonField chips={['The machine is repaired', 'Read out what was lost']} value={reason} onChange={setReason} />
      <ProofField proof={proof} act="Switching a server on" />
    </ConfirmDialog>
  )
}

'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProofField } from '../session/ProofField'
import { makePasskey } from '../session/passkeys'
import { useProof } from '../session/use-proof'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { TextField } from '../ui/Field'

/** A new way to prove oneself: named, and only after the person was proven by what there is already. */
export function AddPasskeyDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const proof = useProof()
  const [name, setName] = useState('')
  const ask = useMutation(trpc.session.askPasskey.mutationOptions())
  const add = useMutation(trpc.session.addPasskey.mutationOptions())
  const commit = async () => {
    await proof.prove()
    const question = await ask.mutateAsync({ purpose: 'add-passkey' }).catch(proof.askAgain)
    await add.mutateAsync({ name: name.trim(), response: await makePasskey(question) }).catch(proof.askAgain)
    await cache.invalidateQueries(trpc.session.pathFilter())
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title="Add a passkey"
      verb="Add passkey"
      disabledReason={name.trim() === '' ? 'Give it a name first.' : proof.missing}
      commit={commit}
    >
      <p>Your browser asks for a finger, a face, a PIN or a security key. Nothing secret leaves your device.</p>
      <TextField
        label="Name"
        hint="So that you know it again: Laptop, Phone, Blue key."
        maxLength={60}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <ProofField proof={proof} act="Adding a passkey" />
    </ConfirmDialog>
  )
}

'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OperationDetail } from '@/model/schemas/operations'
import type { OperationAction } from '@/model/states'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useNow } from '../shell/clock'
import { failureOf } from '../shell/errors'
import { useTRPC } from '../trpc'
import { TextField } from '../ui/Field'
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
  const missing = reason.trim().length < 3 ? 'Give a reason first.' : proof.missing
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
      {proof.isNeeded && (
        <TextField
          label="Code from your authenticator"
          hint="Controlling an operation asks for the second factor again when it is older than five minutes."
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          value={proof.code}
          onChange={(event) => proof.setCode(event.target.value)}
        />
      )}
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

/** What the session says of its last proof is a guess about what the server will say: the server's word counts. */
function useProof() {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const nowMs = useNow()
  const me = useQuery(trpc.session.me.queryOptions())
  const stepUp = useMutation(trpc.session.stepUp.mutationOptions())
  const [code, setCode] = useState('')
  const [isRefused, setRefused] = useState(false)
  const until = me.data?.steppedUpUntil ?? null
  const isNeeded = isRefused || (me.data !== undefined && (until === null || Date.parse(until) <= nowMs))
  return {
    isNeeded,
    code,
    setCode,
    missing: isNeeded && !/^\d{6}$/.test(code) ? 'Enter the six digits first.' : null,
    async prove() {
      if (!isNeeded) return
      await stepUp.mutateAsync({ code })
      setRefused(false)
      setCode('')
      await cache.invalidateQueries(trpc.session.me.queryFilter())
    },
    askAgain(error: unknown): never {
      if (failureOf(error).kind === 'step-up-required') setRefused(true)
      throw error
    },
  }
}

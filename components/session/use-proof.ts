'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNow } from '../shell/clock'
import { failureOf } from '../shell/errors'
import { useTRPC } from '../trpc'
import { useHydrated } from '../ui/use-hydrated'
import { answerByPasskey, hasPasskeys } from './passkeys'

/** A proof that ends while a reason is being typed would be refused at the last click. */
const SPARE_MS = 60_000

/** What a proof by passkey is given for: the challenge that is signed is made from it. */
export type BoundTo = { requestId: string; planHash: string }

export type Proof = {
  /** False while the last proof of this session counts for long enough. */
  isNeeded: boolean
  by: 'passkey' | 'code'
  /** Null where the other way cannot be had. */
  switchTo: (() => void) | null
  code: string
  setCode(code: string): void
  /** What is missing before `prove` can be tried. */
  missing: string | null
  /** Proves the person if that is needed. Rejects with what to say. */
  prove(): Promise<void>
  /** For the call that follows: when the server wants a newer proof after all, it is asked for. Throws the error on. */
  askAgain(error: unknown): never
}

/** The second factor of a dialog, by passkey where there is one, else by code. The server's word counts, not this guess at it. */
export function useProof(boundTo: BoundTo | null = null): Proof {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const nowMs = useNow()
  const isHydrated = useHydrated()
  const me = useQuery(trpc.session.me.queryOptions())
  const stepUp = useMutation(trpc.session.stepUp.mutationOptions())
  const askProof = useMutation(trpc.session.askProof.mutationOptions())
  const proveByPasskey = useMutation(trpc.session.proveByPasskey.mutationOptions())
  const [code, setCode] = useState('')
  const [wantsCode, setWantsCode] = useState(false)
  const [isRefused, setRefused] = useState(false)
  const until = me.data?.steppedUpUntil ?? null
  const isNeeded = isRefused || (me.data !== undefined && (until === null || Date.parse(until) - nowMs <= SPARE_MS))
  const canPasskey = isHydrated && hasPasskeys() && (me.data?.passkeyCount ?? 0) > 0
  const by = canPasskey && !wantsCode ? 'passkey' : 'code'
  return {
    isNeeded,
    by,
    switchTo: canPasskey ? () => setWantsCode(by === 'passkey') : null,
    code,
    setCode,
    missing: isNeeded && by === 'code' && !/^\d{6}$/.test(code) ? 'Enter the six digits first.' : null,
    async prove() {
      if (!isNeeded) return
      if (by === 'code') await stepUp.mutateAsync({ code })
      else
        await proveByPasskey.mutateAsync({ response: await answerByPasskey(await askProof.mutateAsync({ boundTo })) })
      setRefused(false)
      setCode('')
      await cache.invalidateQueries(trpc.session.me.queryFilter())
    },
    askAgain(error) {
      if (failureOf(error).kind === 'step-up-required') setRefused(true)
      throw error
    },
  }
}

'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { RequestDetail } from '@/model/schemas/operations'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { useHydrated } from '../ui/use-hydrated'
import { voteOf } from './say-votes'

/** "I'm looking": so that two people do not read the same request at 03:00. It gives no right and takes none away. */
export function ClaimButton({ request }: { request: RequestDetail }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const me = useQuery(trpc.session.me.queryOptions())
  const onSuccess = () => cache.invalidateQueries(trpc.requests.get.queryFilter({ id: request.id }))
  const claim = useMutation(trpc.requests.claim.mutationOptions({ onSuccess }))
  const unclaim = useMutation(trpc.requests.unclaim.mutationOptions({ onSuccess }))
  const isHydrated = useHydrated()
  if (request.status !== 'waiting' || request.whyNotYou) return null
  if (voteOf(request, me.data?.personId)) return null
  const isMine = request.claims.some(({ person }) => person.id === me.data?.personId)
  const change = isMine ? unclaim : claim
  return (
    <Button
      className="justify-self-start max-md:mt-1"
      disabled={!isHydrated}
      aria-pressed={isMine}
      busyLabel={change.isPending ? 'Sending…' : null}
      onClick={() => change.mutate({ id: request.id })}
    >
      {isMine ? 'Stop looking' : 'I’m looking'}
    </Button>
  )
}

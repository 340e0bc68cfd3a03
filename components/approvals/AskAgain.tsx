'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { paths } from '@/model/paths'
import type { RequestDetail } from '@/model/schemas/operations'
import { FailureCard } from '../shell/FailureCard'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { DriftTable } from './DriftTable'

/** The plan of a waiting request is no longer true. It is asked again by itself within a minute; whoever cannot wait says so here. */
export function AskAgain({ request }: { request: RequestDetail }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const whyNotYou = useWhyNot('request:recheck')
  const recheck = useMutation(
    trpc.requests.recheck.mutationOptions({
      onSuccess: ({ supersededBy }) => supersededBy && router.push(paths.approval({ id: supersededBy.id })),
      onSettled: () => cache.invalidateQueries(trpc.requests.pathFilter()),
    }),
  )
  return (
    <div className="grid gap-2">
      <Notice
        status="warn"
        action={
          <Button
            size="small"
            disabledReason={whyNotYou}
            busyLabel={recheck.isPending ? 'Asking…' : null}
            onClick={() => recheck.mutate({ id: request.id })}
          >
            Ask again now
          </Button>
        }
      >
        <p className="font-medium">The world has moved since this plan was made.</p>
        <p className="text-sm text-ink-2">
          Nobody can approve it. Within a minute it is voided and asked again with a fresh plan.
        </p>
        <DriftTable drift={request.drift} />
      </Notice>
      {recheck.error && <FailureCard error={recheck.error} what="Ask again" />}
    </div>
  )
}

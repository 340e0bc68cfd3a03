'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { endSentence } from '@/model/join-sentences'
import { paths } from '@/model/paths'
import { useTRPC } from '../trpc'
import { Notice } from '../ui/Notice'

/** For whoever comes from a switchover that went back: what happened, and that the choice is theirs. */
export function AfterUndone({ operationId }: { operationId: string }) {
  const { data: operation } = useQuery(useTRPC().operations.get.queryOptions({ id: operationId }))
  if (operation?.status !== 'undone') return null
  return (
    <Notice
      status="warn"
      action={
        <Link className="link text-sm" href={paths.operation({ id: operationId })}>
          Open {operation.code}
        </Link>
      }
    >
      {operation.code} tried the planned way and went back.{' '}
      {operation.statusReason && endSentence(operation.statusReason)} Nothing was moved and nothing was lost. A forced
      failover may lose data: choose it below if that is what is wanted, and its dry run says how much.
    </Notice>
  )
}

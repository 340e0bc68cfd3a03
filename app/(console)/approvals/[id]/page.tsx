import type { Metadata } from 'next'
import { ApprovalView } from '@/components/approvals/ApprovalView'
import { Hydrate, prefetchOrNotFound, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Approval · Approvals' }

export default async function Page({ params }: PageProps<'/approvals/[id]'>) {
  const { id } = await params
  await prefetchOrNotFound(trpc.requests.get.queryOptions({ id }))
  return (
    <Hydrate>
      <ApprovalView id={id} />
    </Hydrate>
  )
}

import type { Metadata } from 'next'
import { ApprovalView } from '@/components/approvals/ApprovalView'
import { Hydrate, prefetchOrNotFound, trpc, tryRead } from '@/server/api/rsc'

type Props = PageProps<'/approvals/[id]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params
  const request = await tryRead((cache) => cache.fetchQuery(trpc.requests.get.queryOptions({ id })))
  return { title: `${request?.title ?? 'Approval'} · Approvals` }
}

export default async function Page({ params }: Props) {
  const { id } = await params
  await prefetchOrNotFound(trpc.requests.get.queryOptions({ id }))
  return (
    <Hydrate>
      <ApprovalView id={id} />
    </Hydrate>
  )
}

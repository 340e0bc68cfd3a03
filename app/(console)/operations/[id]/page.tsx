import type { Metadata } from 'next'
import { OperationView } from '@/components/operations/OperationView'
import { Hydrate, prefetchOrNotFound, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Operation · Operations' }

export default async function Page({ params }: PageProps<'/operations/[id]'>) {
  const { id } = await params
  await prefetchOrNotFound(trpc.operations.get.queryOptions({ id }))
  return (
    <Hydrate>
      <OperationView id={id} />
    </Hydrate>
  )
}

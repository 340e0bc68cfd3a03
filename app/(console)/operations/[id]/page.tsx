import type { Metadata } from 'next'
import { OperationView } from '@/components/operations/OperationView'
import { operationTitle } from '@/components/operations/state-words'
import { Hydrate, prefetchOrNotFound, trpc, tryRead } from '@/server/api/rsc'

type Props = PageProps<'/operations/[id]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params
  const operation = await tryRead((cache) => cache.fetchQuery(trpc.operations.get.queryOptions({ id })))
  return { title: operation ? operationTitle(operation) : 'Operation · Operations' }
}

export default async function Page({ params }: Props) {
  const { id } = await params
  await prefetchOrNotFound(trpc.operations.get.queryOptions({ id }))
  return (
    <Hydrate>
      <OperationView id={id} />
    </Hydrate>
  )
}

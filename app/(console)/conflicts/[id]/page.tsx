import type { Metadata } from 'next'
import { ConflictView } from '@/components/conflicts/ConflictView'
import { Hydrate, prefetchOrNotFound, trpc } from '@/server/api/rsc'

/** No key in the title: a key may be a person's, and titles travel further than pages. */
export const metadata: Metadata = { title: 'Row · Conflicts' }

export default async function Page({ params }: PageProps<'/conflicts/[id]'>) {
  const { id } = await params
  await prefetchOrNotFound(trpc.conflicts.get.queryOptions({ id }))
  return (
    <Hydrate>
      <ConflictView id={id} />
    </Hydrate>
  )
}

import type { Metadata } from 'next'
import { NewFailoverView } from '@/components/failovers/NewFailoverView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'New failover · DR' }

export default async function Page() {
  await prefetch(trpc.cells.list.queryOptions())
  return (
    <Hydrate>
      <NewFailoverView />
    </Hydrate>
  )
}

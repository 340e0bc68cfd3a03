import type { Metadata } from 'next'
import { NewDrillView } from '@/components/drills/NewDrillView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'New drill · DR' }

export default async function Page() {
  await prefetch(trpc.cells.list.queryOptions())
  return (
    <Hydrate>
      <NewDrillView />
    </Hydrate>
  )
}

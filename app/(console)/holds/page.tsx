import type { Metadata } from 'next'
import { HoldsView } from '@/components/holds/HoldsView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Holds' }

export default async function Page() {
  await prefetch(trpc.holds.list.queryOptions({ status: 'all' }), trpc.cells.list.queryOptions())
  return (
    <Hydrate>
      <HoldsView />
    </Hydrate>
  )
}

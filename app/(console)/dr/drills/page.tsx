import type { Metadata } from 'next'
import { DrillsView } from '@/components/drills/DrillsView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Drills · DR' }

export default async function Page() {
  await prefetch(trpc.drills.list.queryOptions())
  return (
    <Hydrate>
      <DrillsView />
    </Hydrate>
  )
}

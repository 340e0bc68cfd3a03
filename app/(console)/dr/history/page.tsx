import type { Metadata } from 'next'
import { DrillHistoryView } from '@/components/drills/DrillHistoryView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Drill history · DR' }

export default async function Page() {
  await prefetch(trpc.drills.history.queryOptions({}))
  return (
    <Hydrate>
      <DrillHistoryView />
    </Hydrate>
  )
}

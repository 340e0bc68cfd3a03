import type { Metadata } from 'next'
import { ConflictsView } from '@/components/conflicts/ConflictsView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Conflicts' }

export default async function Page() {
  await prefetch(trpc.conflicts.list.queryOptions({ status: 'open', limit: 100 }))
  return (
    <Hydrate>
      <ConflictsView />
    </Hydrate>
  )
}

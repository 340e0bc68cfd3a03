import type { Metadata } from 'next'
import { StaleServersView } from '@/components/stale-servers/StaleServersView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Stale servers · DR' }

export default async function Page() {
  await prefetch(trpc.staleServers.list.queryOptions({ status: 'all' }))
  return (
    <Hydrate>
      <StaleServersView />
    </Hydrate>
  )
}

import type { Metadata } from 'next'
import { OVERVIEW_LAG_WINDOW_MS } from '@/components/overview/lag-window'
import { OverviewView } from '@/components/overview/OverviewView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Overview' }

export default async function Page() {
  await prefetch(
    trpc.overview.get.queryOptions(),
    trpc.cells.findings.queryOptions(),
    trpc.operations.list.queryOptions({ status: 'active' }),
    trpc.requests.list.queryOptions({ status: 'waiting' }),
    trpc.replication.get.queryOptions({ windowMs: OVERVIEW_LAG_WINDOW_MS }),
  )
  return (
    <Hydrate>
      <OverviewView />
    </Hydrate>
  )
}

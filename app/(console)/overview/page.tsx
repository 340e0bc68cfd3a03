import type { Metadata } from 'next'
import { OverviewView } from '@/components/overview/OverviewView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Overview' }

export default async function Page() {
  await prefetch(trpc.overview.get.queryOptions())
  return (
    <Hydrate>
      <OverviewView />
    </Hydrate>
  )
}

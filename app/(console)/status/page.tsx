import type { Metadata } from 'next'
import { StatusView } from '@/components/status/StatusView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Console health' }

export default async function Page() {
  await prefetch(trpc.status.get.queryOptions())
  return (
    <Hydrate>
      <StatusView />
    </Hydrate>
  )
}

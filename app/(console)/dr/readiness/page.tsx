import type { Metadata } from 'next'
import { ReadinessView } from '@/components/readiness/ReadinessView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Readiness checks · DR' }

export default async function Page() {
  await prefetch(trpc.readiness.list.queryOptions({}))
  return (
    <Hydrate>
      <ReadinessView />
    </Hydrate>
  )
}

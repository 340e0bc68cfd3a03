import type { Metadata } from 'next'
import { OperationsView } from '@/components/operations/OperationsView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Operations' }

export default async function Page() {
  await prefetch(trpc.operations.list.queryOptions({ status: 'all' }))
  return (
    <Hydrate>
      <OperationsView />
    </Hydrate>
  )
}

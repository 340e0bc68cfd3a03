import type { Metadata } from 'next'
import { ApprovalsView } from '@/components/approvals/ApprovalsView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Approvals' }

export default async function Page() {
  await prefetch(
    trpc.requests.list.queryOptions({ status: 'waiting' }),
    trpc.requests.list.queryOptions({ status: 'decided' }),
    trpc.breakGlass.list.queryOptions({ status: 'open' }),
  )
  return (
    <Hydrate>
      <ApprovalsView />
    </Hydrate>
  )
}

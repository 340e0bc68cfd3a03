import type { Metadata } from 'next'
import { ReplicationView } from '@/components/replication/ReplicationView'
import { lagWindows } from '@/components/replication/windows'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Replication lag' }

export default async function Page() {
  await prefetch(
    trpc.replication.get.queryOptions({ windowMs: lagWindows['15m'].windowMs }),
    trpc.cells.list.queryOptions(),
  )
  return (
    <Hydrate>
      <ReplicationView />
    </Hydrate>
  )
}

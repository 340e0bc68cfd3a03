import type { Metadata } from 'next'
import { StaleServerView } from '@/components/stale-servers/StaleServerView'
import { Hydrate, prefetch, prefetchOrNotFound, trpc, tryRead } from '@/server/api/rsc'

type Props = PageProps<'/dr/stale/[id]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params
  const server = await tryRead((cache) => cache.fetchQuery(trpc.staleServers.get.queryOptions({ id })))
  return { title: `${server?.member ?? 'Server'} · Stale servers · DR` }
}

export default async function Page({ params }: Props) {
  const { id } = await params
  await prefetchOrNotFound(trpc.staleServers.get.queryOptions({ id }))
  await prefetch(
    trpc.staleServers.writes.queryOptions({ id, limit: 100 }),
    trpc.conflicts.list.queryOptions({ status: 'open', staleServerId: id, limit: 1 }),
  )
  return (
    <Hydrate>
      <StaleServerView id={id} />
    </Hydrate>
  )
}

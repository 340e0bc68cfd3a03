import type { Metadata } from 'next'
import { matrixWindows } from '@/components/network/matrix-windows'
import { NetworkView } from '@/components/network/NetworkView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Network latency' }

export default async function Page() {
  await prefetch(trpc.network.matrix.queryOptions({ windowMs: matrixWindows['5m'].windowMs }))
  return (
    <Hydrate>
      <NetworkView />
    </Hydrate>
  )
}

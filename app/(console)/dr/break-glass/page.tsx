import type { Metadata } from 'next'
import { BreakGlassView } from '@/components/approvals/BreakGlassView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Break-glass · DR' }

export default async function Page() {
  await prefetch(trpc.cells.list.queryOptions())
  return (
    <Hydrate>
      <BreakGlassView />
    </Hydrate>
  )
}

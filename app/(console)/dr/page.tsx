import type { Metadata } from 'next'
import { DrView } from '@/components/readiness/DrView'
import { Hydrate, prefetch, trpc, tryRead } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'DR readiness' }

type Props = PageProps<'/dr'>

export default async function Page({ searchParams }: Props) {
  const { off } = await searchParams
  await prefetch(trpc.readiness.list.queryOptions({}), trpc.cells.list.queryOptions(), trpc.overview.get.queryOptions())
  if (typeof off === 'string') await prefetchWhatIf(off)
  return (
    <Hydrate>
      <DrView />
    </Hydrate>
  )
}

/** An unknown region in the address is told in the panel; the page itself is there. */
async function prefetchWhatIf(region: string): Promise<void> {
  await tryRead((cache) => cache.fetchQuery(trpc.readiness.whatIf.queryOptions({ region })))
}

import type { Metadata } from 'next'
import { RegionPageView } from '@/components/regions/RegionPageView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

type Props = PageProps<'/regions/[region]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).region} · Regions` }
}

export default async function Page({ params }: Props) {
  const { region } = await params
  await prefetch(trpc.regions.get.queryOptions({ region }))
  return (
    <Hydrate>
      <RegionPageView region={region} />
    </Hydrate>
  )
}

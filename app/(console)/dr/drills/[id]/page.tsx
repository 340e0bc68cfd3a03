import type { Metadata } from 'next'
import { DrillReportView } from '@/components/drills/DrillReportView'
import { Hydrate, prefetchOrNotFound, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Drill report · DR' }

type Props = PageProps<'/dr/drills/[id]'>

export default async function Page({ params }: Props) {
  const { id } = await params
  await prefetchOrNotFound(trpc.drills.get.queryOptions({ id }))
  return (
    <Hydrate>
      <DrillReportView id={id} />
    </Hydrate>
  )
}

import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import { prefetchOrNotFound, trpc, tryRead } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Opening' }

/**
 * Short links of messages: to what the code stands for now. Whoever is not signed in signs in first and comes back here; a code
 * that nobody gave and one that may not be seen end on the same page.
 */
export default async function Page({ params }: PageProps<'/r/[code]'>) {
  const { code } = await params
  const query = trpc.notifications.resolve.queryOptions({ code: code.toUpperCase() })
  await prefetchOrNotFound(query)
  const resolved = await tryRead((cache) => cache.fetchQuery(query))
  if (!resolved) notFound()
  redirect(resolved.path)
}

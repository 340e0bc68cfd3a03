import type { Metadata } from 'next'
import { NotificationsView } from '@/components/notifications/NotificationsView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Notifications · Settings' }

export default async function Page() {
  await prefetch(trpc.notifications.channels.queryOptions({}), trpc.notifications.deliveries.queryOptions({}))
  return (
    <Hydrate>
      <NotificationsView />
    </Hydrate>
  )
}

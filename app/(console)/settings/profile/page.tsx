import type { Metadata } from 'next'
import { ProfileView } from '@/components/settings/ProfileView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Profile · Settings' }

export default async function Page() {
  await prefetch(trpc.session.me.queryOptions(), trpc.session.passkeys.queryOptions())
  return (
    <Hydrate>
      <ProfileView />
    </Hydrate>
  )
}

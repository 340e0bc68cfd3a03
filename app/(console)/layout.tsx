import type { ReactNode } from 'react'
import { Shell } from '@/components/shell/Shell'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

/** Signed-in pages. Nobody gets further than `prefetch`, which sends a visitor without a session to sign in. */
export default async function Layout({ children }: { children: ReactNode }) {
  await prefetch(trpc.session.me.queryOptions(), trpc.session.shell.queryOptions())
  return (
    <Hydrate>
      <Shell>{children}</Shell>
    </Hydrate>
  )
}

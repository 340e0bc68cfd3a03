import type { ReactNode } from 'react'
import { ConsoleProviders } from '@/components/shell/ConsoleProviders'
import { Shell } from '@/components/shell/Shell'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

/** Signed-in pages. Nobody gets further than `prefetch`, which sends a visitor without a session to sign in. */
export default async function Layout({ children }: { children: ReactNode }) {
  await prefetch(
    trpc.session.me.queryOptions(),
    trpc.session.shell.queryOptions(),
    trpc.holds.list.queryOptions({ status: 'active' }),
    trpc.alerts.list.queryOptions({ status: 'open' }),
  )
  return (
    <ConsoleProviders renderedAtMs={renderedAtMs()}>
      <Hydrate>
        <Shell>{children}</Shell>
      </Hydrate>
    </ConsoleProviders>
  )
}

/** Rounded down to the second, as the client's clock is. */
function renderedAtMs(): number {
  return Math.floor(Date.now() / 1000) * 1000
}

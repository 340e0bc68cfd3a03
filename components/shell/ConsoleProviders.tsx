'use client'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { ApiProvider } from '../trpc'
import { RenderedAt } from './clock'

/** What signed-in pages need besides. `renderedAtMs` is the server's clock at this render. */
export function ConsoleProviders({ renderedAtMs, children }: { renderedAtMs: number; children: ReactNode }) {
  return (
    <RenderedAt value={renderedAtMs}>
      <NuqsAdapter>
        <ApiProvider>{children}</ApiProvider>
      </NuqsAdapter>
    </RenderedAt>
  )
}

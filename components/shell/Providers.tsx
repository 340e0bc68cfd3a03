'use client'
import { ThemeProvider } from 'next-themes'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { ApiProvider } from '../trpc'
import { RenderedAt } from './clock'

/** `nonce` is what the content security policy lets the theme's script run by; `renderedAtMs` is the server's clock at this render. */
export function Providers({
  nonce,
  renderedAtMs,
  children,
}: {
  nonce?: string
  renderedAtMs: number
  children: ReactNode
}) {
  return (
    <ThemeProvider attribute="data-theme" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
      <RenderedAt value={renderedAtMs}>
        <NuqsAdapter>
          <ApiProvider>{children}</ApiProvider>
        </NuqsAdapter>
      </RenderedAt>
    </ThemeProvider>
  )
}

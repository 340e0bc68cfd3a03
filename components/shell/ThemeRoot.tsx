'use client'
import { ThemeProvider } from 'next-themes'
import type { ReactNode } from 'react'

/** What every page needs, the sign-in page too. `nonce` is what the content security policy lets the theme's script run by. */
export function ThemeRoot({ nonce, children }: { nonce?: string; children: ReactNode }) {
  return (
    <ThemeProvider attribute="data-theme" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
      {children}
    </ThemeProvider>
  )
}

'use client'
import { Button } from '@/components/ui/Button'

/** When even the shell could not be drawn. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-4 p-4 text-center">
      <h1 className="text-xl font-semibold">The console cannot draw this page</h1>
      <p className="max-w-prose text-ink-2">
        The regions do not depend on the console: cells keep serving. Try again, or use the command line.
        {error.digest && ` Quote ${error.digest}.`}
      </p>
      <Button tone="primary" onClick={reset}>
        Try again
      </Button>
    </main>
  )
}

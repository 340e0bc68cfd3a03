import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/Button'
import { paths } from '@/model/paths'

export const metadata: Metadata = { title: 'Not found' }

/** Where even the shell has no part: every address of the console has its own, inside it. */
export default function NotFound() {
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-4 p-4 text-center">
      <h1 className="text-xl font-semibold">Not found</h1>
      <p className="text-ink-2">It does not exist, or you may not see it.</p>
      <ButtonLink href={paths.overview()}>Go to the overview</ButtonLink>
    </main>
  )
}

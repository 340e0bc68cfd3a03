import type { Metadata } from 'next'
import { notFound } from 'next/navigation'

export const metadata: Metadata = { title: 'Not found' }

/** An address that no page has: told inside the shell, like an id that nothing has, so that the way on is at hand. */
export default function Page(): never {
  notFound()
}

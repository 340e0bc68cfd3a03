import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignIn } from '@/components/session/SignIn'
import { safeNext } from '@/components/session/safe-next'
import { isSignedIn } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Sign in' }

export default async function Page({ searchParams }: PageProps<'/login'>) {
  const next = safeNext((await searchParams).next)
  if (await isSignedIn()) redirect(next)
  return <SignIn next={next} />
}

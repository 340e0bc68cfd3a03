import type { Metadata } from 'next'
import { AuditView } from '@/components/audit/AuditView'
import { Hydrate, prefetch, trpc } from '@/server/api/rsc'

export const metadata: Metadata = { title: 'Audit' }

export default async function Page() {
  await prefetch(trpc.audit.chain.queryOptions())
  return (
    <Hydrate>
      <AuditView />
    </Hydrate>
  )
}

'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatCount } from '@/model/format'
import type { AffectedTenantsPage } from '@/model/schemas/failovers'
import { FailureCard } from '../shell/FailureCard'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { CopyText } from '../ui/CopyText'
import { SkeletonRows } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'

const ROWS_FIRST = 10

type Tenant = AffectedTenantsPage['tenants'][number]

/** Everybody who would be served from the target's region, with the law's verdict on each; a page at a time. */
export function AffectedTenants({ cellId, targetMember }: { cellId: string; targetMember: string }) {
  const [onlyViolations, setOnlyViolations] = useState(false)
  const [isWhole, setWhole] = useState(false)
  /** Where each page that was opened begins; the last one is on screen. */
  const [starts, setStarts] = useState<readonly (string | null)[]>([null])
  const after = starts.at(-1) ?? null
  const query = useQuery({
    ...useTRPC().failovers.tenants.queryOptions({ cellId, targetMember, onlyViolations, ...(after && { after }) }),
    placeholderData: keepPreviousData,
  })
  const page = query.data
  if (query.error)
    return <FailureCard error={query.error} what="Affected tenants" onRetry={() => void query.refetch()} />
  if (!page) return <SkeletonRows count={4} />
  const shown = page.tenants.slice(0, isWhole ? undefined : ROWS_FIRST)
  const shownCount = onlyViolations ? page.violatedCount : page.totalCount
  return (
    <div className="min-w-0 rounded-md border border-hairline">
      <DataTable
        caption="Affected tenants"
        urlKey="affected-"
        rows={shown}
        columns={columns}
        rowId={(tenant) => tenant.tenantId}
        hasTools={false}
        isCompact
        toolbar={
          <>
            <label className="inline-flex min-h-6 items-center gap-2 text-sm text-ink-1 max-md:min-h-11">
              <input
                type="checkbox"
                checked={onlyViolations}
                onChange={(event) => {
                  setOnlyViolations(event.target.checked)
                  setStarts([null])
                }}
                className="size-4 accent-active"
              />
              Only those that may not go there
            </label>
            <span className="text-sm text-ink-3">
              {formatCount(page.violatedCount)} of {formatCount(page.totalCount)} may not be served there
            </span>
          </>
        }
      />
      {shownCount === 0 && (
        <p className="px-4 py-3 text-sm text-ink-2">
          {onlyViolations ? 'Every tenant may be served there.' : 'No tenant is homed in this cell.'}
        </p>
      )}
      <div className="flex flex-wrap gap-2 border-t border-hairline px-2 py-1.5 empty:hidden">
        {shown.length < page.tenants.length && (
          <Button size="small" tone="ghost" onClick={() => setWhole(true)}>
            Show {formatCount(page.tenants.length - shown.length)} more
          </Button>
        )}
        {starts.length > 1 && (
          <Button size="small" tone="ghost" onClick={() => setStarts(starts.slice(0, -1))}>
            Page before
          </Button>
        )}
        {page.next && (
          <Button size="small" tone="ghost" onClick={() => setStarts([...starts, page.next])}>
            Next page
          </Button>
        )}
      </div>
    </div>
  )
}

const columns: readonly Column<Tenant>[] = [
  { id: 'name', header: 'Tenant', cell: (tenant) => tenant.name, value: (tenant) => tenant.name },
  {
    id: 'verdict',
    header: 'May be served there',
    cell: (tenant) =>
      tenant.residency === 'allowed' ? (
        <StatusPill status="ok" word="Yes" bare />
      ) : (
        <StatusPill status="crit" word="No" bare />
      ),
    value: (tenant) => tenant.residency,
  },
  {
    id: 'policy',
    header: 'Policy',
    cell: (tenant) => `${tenant.policy} v${tenant.policyVersion}`,
    value: (tenant) => tenant.policy,
  },
  {
    id: 'migration',
    header: 'Migration',
    cell: (tenant) => tenant.openMigration?.toLowerCase() ?? <span className="text-ink-3">none</span>,
    value: (tenant) => tenant.openMigration,
  },
  {
    id: 'id',
    header: 'Id',
    card: 'line',
    cell: (tenant) => <CopyText text={tenant.tenantId} label="Copy the tenant id" />,
    value: (tenant) => tenant.tenantId,
  },
]

'use client'
import { parseAsString, useQueryState } from 'nuqs'
import { useState } from 'react'
import { formatCount } from '@/model/format'
import type { RegionTenant } from '@/model/schemas/estate'
import { EpochChip } from '../shell/EpochChip'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { Button } from '../ui/Button'
import { CopyText } from '../ui/CopyText'
import { EmptyState } from '../ui/EmptyState'

const ROWS_FIRST = 25

/** The tenants homed in a region. The answer may hold fewer than there are: then the count says so. */
export function TenantsTable({ tenants, tenantCount }: { tenants: readonly RegionTenant[]; tenantCount: number }) {
  const [search, setSearch] = useQueryState('tenant', parseAsString.withDefault('').withOptions({ throttleMs: 200 }))
  const [isWhole, setWhole] = useState(false)
  const wanted = search.trim().toLowerCase()
  const found = tenants.filter((tenant) =>
    `${tenant.name} ${tenant.tenantId} ${tenant.policy}`.toLowerCase().includes(wanted),
  )
  const shown = found.slice(0, isWhole ? undefined : ROWS_FIRST)
  return (
    <>
      <DataTable
        caption="Tenants homed here"
        urlKey="tenants-"
        rows={shown}
        columns={columns}
        rowId={(tenant) => tenant.tenantId}
        csvName="tenants"
        toolbar={
          <>
            <input
              type="search"
              data-search
              value={search}
              onChange={(event) => void setSearch(event.target.value)}
              placeholder="Name, id or policy"
              aria-label="Filter tenants by name, id or policy"
              className="h-8 w-56 rounded-sm border border-control bg-surface-0 px-2 text-sm placeholder:text-ink-3 max-md:h-11 max-md:w-full"
            />
            <span className="text-sm text-ink-3">
              {formatCount(found.length)} of {formatCount(tenantCount)}
              {tenants.length < tenantCount && `, searched in the first ${formatCount(tenants.length)}`}
            </span>
          </>
        }
      />
      {found.length === 0 && (
        <EmptyState
          empty={{ kind: 'filtered', says: 'The filter matches no tenant.', onClear: () => void setSearch(null) }}
        />
      )}
      {shown.length < found.length && (
        <div className="border-t border-hairline px-2 py-1.5">
          <Button size="small" tone="ghost" onClick={() => setWhole(true)}>
            Show all {formatCount(found.length)}
          </Button>
        </div>
      )}
    </>
  )
}

const columns: readonly Column<RegionTenant>[] = [
  { id: 'name', header: 'Tenant', cell: (tenant) => tenant.name, value: (tenant) => tenant.name },
  {
    id: 'cell',
    header: 'Cell',
    cell: (tenant) => <span className="font-mono">{tenant.cellId}</span>,
    value: (tenant) => tenant.cellId,
  },
  { id: 'status', header: 'Status', cell: (tenant) => tenant.status.toLowerCase(), value: (tenant) => tenant.status },
  { id: 'policy', header: 'Policy', cell: (tenant) => tenant.policy, value: (tenant) => tenant.policy },
  {
    id: 'epoch',
    header: 'Region epoch',
    cell: (tenant) => <EpochChip epoch={tenant.regionEpoch} />,
    value: (tenant) => Number(tenant.regionEpoch),
  },
  {
    id: 'id',
    header: 'Id',
    card: 'line',
    cell: (tenant) => <CopyText text={tenant.tenantId} label="Copy the tenant id" />,
    value: (tenant) => tenant.tenantId,
  },
]

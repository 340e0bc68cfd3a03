import { formatCount } from '@/model/format'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { SelectField } from '../ui/Field'

/** Whose writes, and to which table. Each choice says how many there are. */
export function LedgerFilters({
  server,
  tenantId,
  table,
  onTenant,
  onTable,
}: {
  server: StaleServerDetail
  tenantId: string | null
  table: string | null
  onTenant: (tenantId: string | null) => void
  onTable: (table: string | null) => void
}) {
  return (
    <div className="grid w-full max-w-2xl gap-3 sm:grid-cols-2">
      <SelectField label="Tenant" value={tenantId ?? ''} onChange={(event) => onTenant(event.target.value || null)}>
        <option value="">Every tenant</option>
        {server.tenants.map(
          (tenant) =>
            tenant.tenantId && (
              <option key={tenant.tenantId} value={tenant.tenantId}>
                {tenant.name ?? tenant.tenantId} ({formatCount(tenant.lostCount)})
              </option>
            ),
        )}
      </SelectField>
      <SelectField label="Table" value={table ?? ''} onChange={(event) => onTable(event.target.value || null)}>
        <option value="">Every table</option>
        {server.tables.map((one) => (
          <option key={one.table} value={one.table}>
            {one.table} ({formatCount(one.lostCount)})
          </option>
        ))}
      </SelectField>
    </div>
  )
}

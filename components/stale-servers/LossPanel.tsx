'use client'
import { formatCount } from '@/model/format'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { PanelFrame } from '../shell/Panel'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { type LossLine, prepareLoss } from './prepare-loss'

/** What the plan feared and the promotion measured, beside what the server was found to hold, and whose rows those are. */
export function LossPanel({ server }: { server: StaleServerDetail }) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[2fr_1fr]">
      <PanelFrame title="Feared and found" padded={false}>
        <DataTable
          caption="Estimated against actual loss"
          urlKey="loss-"
          hasTools={false}
          isCompact
          rows={prepareLoss(server)}
          columns={lossColumns}
          rowId={(line) => line.what}
        />
        <div className="grid gap-2 border-t border-hairline px-4 py-3 text-sm text-ink-3 empty:hidden">
          {server.estimate && <p>Basis of the plan: {server.estimate.basis}</p>}
          {server.measured.basis && <p>Basis of the promotion: {server.measured.basis}</p>}
        </div>
      </PanelFrame>
      <PanelFrame title="Whose rows" padded={false}>
        {server.tenants.length === 0 ? (
          <p className="px-4 py-6 text-ink-2">
            {server.lostWriteCount === null ? 'Not read out yet: nobody knows.' : 'No row was lost.'}
          </p>
        ) : (
          <DataTable
            caption="Rows lost by tenant"
            urlKey="tenants-"
            hasTools={false}
            isCompact
            rows={server.tenants}
            columns={tenantColumns}
            rowId={(tenant) => tenant.tenantId ?? 'none'}
          />
        )}
      </PanelFrame>
    </div>
  )
}

const lossColumns: readonly Column<LossLine>[] = [
  { id: 'what', header: 'What', cell: (line) => line.what, isSortable: false },
  { id: 'feared', header: 'Feared by the plan', cell: (line) => line.feared, isSortable: false },
  { id: 'measured', header: 'Measured at the promotion', cell: (line) => line.measured, isSortable: false },
  {
    id: 'found',
    header: 'Found on the server',
    cell: (line) => <span className="font-medium">{line.found}</span>,
    isSortable: false,
  },
  {
    id: 'note',
    header: 'Measured as',
    card: 'line',
    cell: (line) => <span className="text-ink-3">{line.note}</span>,
    isSortable: false,
  },
]

const tenantColumns: readonly Column<StaleServerDetail['tenants'][number]>[] = [
  { id: 'tenant', header: 'Tenant', cell: (tenant) => tenant.name ?? 'no tenant', isSortable: false },
  {
    id: 'lost',
    header: 'Rows lost',
    align: 'right',
    cell: (tenant) => formatCount(tenant.lostCount),
    isSortable: false,
  },
  {
    id: 'undecided',
    header: 'Undecided',
    align: 'right',
    cell: (tenant) => formatCount(tenant.openConflictCount),
    isSortable: false,
  },
]
